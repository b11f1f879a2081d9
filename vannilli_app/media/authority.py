"""Who signs the content credentials: the certificate of the settings, else one of this installation's own.

The own one is made once: a root that signs one certificate and whose key is then thrown away, so that whoever steals
the data folder can issue no further ones. It is on no public trust list; `/verify-video` says so.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from vannilli_app.config import Settings
from vannilli_app.errors import VannilliError

FOLDER = "content-credentials"
# There is no time stamp of a third party to keep a signature good beyond this.
VALID_FOR = timedelta(days=20 * 365)
_CLOCKS_DIFFER = timedelta(hours=1)
_CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")  # C2PA's own purpose of a key
_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class NoSigner(VannilliError):
    """The content credentials cannot be signed. Check C2PA_CERTIFICATES and C2PA_PRIVATE_KEY."""

    code = "no_signer"


@dataclass(frozen=True)
class Authority:
    """A certificate to sign with. `chain` and `key` are PEM, the signing certificate first; `algorithm` is C2PA's word
    for the kind of key; `own`: made here, not given by the settings."""

    chain: str
    key: str
    algorithm: str
    own: bool


def authority(config: Settings, now: datetime) -> Authority:
    """Whoever signs. Makes the own certificate where the settings give none. Raises `NoSigner`."""
    try:
        if config.c2pa_certificates and config.c2pa_private_key:
            return _read(config.c2pa_certificates, config.c2pa_private_key, own=False)
        path = config.data_dir / FOLDER / "signer.pem"
        if not path.exists():
            _keep(path, _made(now))
        return _read(path, path, own=True)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm, StopIteration) as error:
        raise NoSigner from error


def anchors(config: Settings) -> str:
    """PEM of the certificates that count as this installation's own: those of the settings and of every `.pem` in the
    folder, so a certificate that signs no longer is kept there under another name."""
    given = [config.c2pa_certificates] if config.c2pa_certificates else []
    files = [*given, *sorted((config.data_dir / FOLDER).glob("*.pem"))]
    chains = [x509.load_pem_x509_certificates(path.read_bytes()) for path in files]
    return "".join(_pem(chain[-1]) for chain in chains)


def _read(chain: Path, key: Path, *, own: bool) -> Authority:
    certificates = x509.load_pem_x509_certificates(chain.read_bytes())
    private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if private.public_key() != certificates[0].public_key():
        raise ValueError("the key is not that of the first certificate")
    return Authority("".join(map(_pem, certificates)), _pem_of_key(private), _algorithm(private), own)


def _algorithm(key: PrivateKeyTypes) -> str:
    match key:
        case ec.EllipticCurvePrivateKey():
            return {256: "es256", 384: "es384", 521: "es512"}[key.curve.key_size]
        case ed25519.Ed25519PrivateKey():
            return "ed25519"
        case rsa.RSAPrivateKey():
            return "ps256"
    raise ValueError("not a kind of key that C2PA knows")


def _made(now: datetime) -> str:
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Vannilli, this installation", root_key.public_key(), root_key, now)
    leaf = _certificate("Vannilli, content credentials", key.public_key(), root_key, now, root=root)
    return _pem_of_key(key) + _pem(leaf) + _pem(root)


def _certificate(
    name: str,
    public: ec.EllipticCurvePublicKey,
    root_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    root: x509.Certificate | None = None,
) -> x509.Certificate:
    """The root itself, or what it certifies: for signing claims and nothing else."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Vannilli"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    uses = {"digital_signature"} if root else {"key_cert_sign", "crl_sign"}
    builder = (
        x509.CertificateBuilder(root.subject if root else subject, subject, public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=not root, path_length=None if root else 0), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in uses for use in _USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
        )
    )
    if root:
        purposes = x509.ExtendedKeyUsage([_CLAIM_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False)
    return builder.sign(root_key, hashes.SHA256())


def _keep(path: Path, content: str) -> None:
    """Written whole or not at all, for us alone; of two processes that start together, one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(content)
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _pem_of_key(key: PrivateKeyTypes) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
