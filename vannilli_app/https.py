"""https on a network without a name: a certificate authority of this installation's own, and its server's certificate.

A phone lends its camera to https pages only. The authority stays, so that a phone trusts it once; the server's
certificate is made anew whenever the machine has another address. The authority may sign for addresses of local
networks alone: whoever steals its key can pretend to be nobody else.
"""

import ipaddress
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vannilli_app import routes
from vannilli_app.config import Settings

FOLDER = "https"
AUTHORITY = "ca.crt"
AUTHORITY_VALID_FOR = timedelta(days=10 * 365)
VALID_FOR = timedelta(days=397)  # the most that every browser takes
RENEWED_BEFORE = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(hours=1)
_LOCAL_NAMES = ("localhost", "local")
_LOCAL_NETWORKS = (
    IPv4Network("127.0.0.0/8"),
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("169.254.0.0/16"),
    IPv6Network("::1/128"),
)


@dataclass(frozen=True)
class Certificate:
    """Files to serve https with, PEM: the server's certificate, its key, and the authority that a phone has to trust.
    `host` is how other devices of the network reach this machine; localhost where it is in none."""

    certificate: Path
    key: Path
    authority: Path
    host: str


def certificate(config: Settings, now: datetime) -> Certificate:
    """A certificate for this machine's present address; makes what is not there, or not good any more."""
    folder = config.data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = local_address()
    files = Certificate(
        folder / "server.crt", folder / "server.key", folder / AUTHORITY, str(address or "localhost")
    )
    authority_key = folder / "ca.key"
    if not authority_key.exists() or not files.authority.exists():
        _make_authority(files.authority, authority_key, now)
        files.certificate.unlink(missing_ok=True)
    if not _is_good(files, address, now):
        _make_certificate(files, authority_key, address, now)
    return files


def local_address() -> IPv4Address | None:
    """This machine's address in its local network; None where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: the system only says from where it would be
        except OSError:
            return None
        address = IPv4Address(probe.getsockname()[0])
    usable = not address.is_loopback and any(address in network for network in _LOCAL_NETWORKS)
    return address if usable else None


def how_to_trust(address: str, files: Certificate) -> str:
    """What a person does on a phone, once."""
    return (
        f"For a phone in this network: open {address}{routes.OWN_AUTHORITY} there and accept the warning once.\n"
        "  iPhone: Settings, General, VPN & Device Management: install the profile; then General, About,\n"
        "          Certificate Trust Settings: switch it on.\n"
        "  Android: Settings, Security, Encryption & credentials, Install a certificate, CA certificate.\n"
        f"The certificate is {files.authority}. It may vouch for local addresses only."
    )


def _is_good(files: Certificate, address: IPv4Address | None, now: datetime) -> bool:
    if not files.certificate.exists() or not files.key.exists():
        return False
    found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = address is None or address in names.get_values_for_type(x509.IPAddress)
    return known and found.not_valid_after_utc - now > RENEWED_BEFORE


def _make_authority(path: Path, key_path: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Vannilli on {socket.gethostname()}"[:64])
    permitted: list[x509.GeneralName] = [x509.DNSName(one) for one in _LOCAL_NAMES]
    permitted += [x509.IPAddress(network) for network in _LOCAL_NETWORKS]
    uses = _uses(key_cert_sign=True, crl_sign=True)
    made = (
        _builder(name, name, key.public_key(), now, AUTHORITY_VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(uses, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _pem_of_key(key), mode=0o600)
    _write(path, made.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _make_certificate(
    files: Certificate, authority_key: Path, address: IPv4Address | None, now: datetime
) -> None:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    signer = serialization.load_pem_private_key(authority_key.read_bytes(), password=None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    addresses = [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
        *([address] if address else []),
    ]
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), *map(x509.IPAddress, addresses)]
    made = (
        _builder(authority.subject, _name("Vannilli"), key.public_key(), now, VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(_uses(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    _write(files.key, _pem_of_key(key), mode=0o600)
    _write(files.certificate, made.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _builder(
    issuer: x509.Name,
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    valid_for: timedelta,
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer,
        subject,
        public,
        x509.random_serial_number(),
        now - _CLOCKS_DIFFER,
        now - _CLOCKS_DIFFER + valid_for,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _uses(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Written whole or not at all."""
    fresh = path.with_name(f".{secrets.token_hex(4)}")
    fresh.touch(mode=mode)
    fresh.write_bytes(content)
    fresh.replace(path)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
