"""`make run HTTPS=1`: a certificate authority of this installation's own, as a phone in the network meets it."""

import asyncio
import base64
import re
import signal
import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.verification import PolicyBuilder, Store

from tests import product
from tests.artist import Artist
from tests.browser import FAKE_DEVICES, chromium
from tests.product import eventually
from vannilli_app import frontend, https, routes
from vannilli_app.config import Settings

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ASK = """async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    return [isSecureContext, stream.getTracks().map((track) => track.kind).sort()];
}"""


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_authority_stays_and_the_certificate_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    config = Settings(data_dir=tmp_path)
    made = https.certificate(config, NOW)
    authority, first = made.authority.read_bytes(), made.certificate.read_bytes()
    assert https.certificate(config, NOW + timedelta(days=300)).certificate.read_bytes() == first
    later = NOW + https.VALID_FOR - timedelta(days=20)
    renewed = https.certificate(config, later)
    assert renewed.certificate.read_bytes() != first
    assert renewed.authority.read_bytes() == authority
    assert (
        renewed.key.stat().st_mode & 0o777,
        (tmp_path / https.FOLDER / "ca.key").stat().st_mode & 0o777,
    ) == (
        0o600,
        0o600,
    )
    for moment in (NOW, later):
        trusted = PolicyBuilder().store(Store([read(made.authority)])).time(moment)
        leaf = x509.load_pem_x509_certificate(first) if moment is NOW else read(renewed.certificate)
        trusted.build_server_verifier(x509.DNSName("localhost")).verify(leaf, [])


def test_the_authority_vouches_for_local_addresses_only(tmp_path: Path) -> None:
    authority = read(https.certificate(Settings(data_dir=tmp_path), NOW).authority)
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    names = {str(one.value) for one in limits.value.permitted_subtrees or ()}
    assert {"localhost", "local", "192.168.0.0/16"} <= names
    assert all(name in ("localhost", "local") or "/" in name for name in names)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_who_trusts_the_authority_trusts_the_server(tmp_path: Path, host: str) -> None:
    files = https.certificate(Settings(data_dir=tmp_path), datetime.now(UTC))
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(files.certificate, files.key)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=serving)
    async with server:
        port = server.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context(cafile=files.authority)
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=host)
        writer.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection(
                "127.0.0.1", port, ssl=ssl.create_default_context(), server_hostname=host
            )


@pytest.mark.e2e
@pytest.mark.long
async def test_a_phone_that_trusts_it_gets_the_camera(tmp_path: Path, database_url: str) -> None:
    frontend.ensure()
    started = product.start(tmp_path, HTTPS="1", DATABASE_URL=database_url)
    try:
        ready = re.compile(r"Vannilli is on (https://\S+:\d+) ")
        assert eventually(
            lambda: ready.search(started.said) or started.process.poll() is not None, within=120
        )
        found = ready.search(started.said)
        assert found, started.said
        address = found[1]
        assert f"open {address}{routes.OWN_AUTHORITY}" in started.said

        authority = tmp_path / https.FOLDER / https.AUTHORITY
        trusting = ssl.create_default_context(cafile=str(authority))
        async with httpx.AsyncClient(verify=trusting, base_url=address) as http:
            assert (await http.get(routes.API_HEALTH)).status_code == 200
            given = await http.get(routes.OWN_AUTHORITY)
            artist = await Artist.sign_up(http)
            cookies = [{"name": c.name, "value": c.value or "", "url": address} for c in http.cookies.jar]
            project = await artist.project()
        assert given.content == authority.read_bytes()
        assert given.headers["content-type"] == "application/x-x509-ca-cert"
        async with httpx.AsyncClient() as strange:
            with pytest.raises(httpx.ConnectError, match="certificate"):
                await strange.get(address + routes.API_HEALTH)

        public = (
            read(authority.with_name("server.crt"))
            .public_key()
            .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )
        pin = base64.b64encode(sha256(public).digest()).decode()
        async with chromium(*FAKE_DEVICES, f"--ignore-certificate-errors-spki-list={pin}") as browser:
            context = await browser.new_context(permissions=["camera", "microphone"])
            await context.add_cookies(cookies)  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(address + routes.studio_record(project))
            await page.get_by_role("button", name="Turn the camera on").wait_for()
            assert await page.evaluate(ASK) == [True, ["audio", "video"]]
    finally:
        if started.process.poll() is None:
            started.end(signal.SIGTERM)
