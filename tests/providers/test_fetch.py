"""Fetching what a link of a stranger leads to: videos from the open internet, and nothing else."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.server import serving
from vannilli_app.providers import ProviderError
from vannilli_app.providers.fetch import Resolve, checked, fetch, is_public

CLIP = bytes(range(256)) * 1000


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(1 << 16)
        await asyncio.sleep(0)  # or the server would not notice that nobody listens any more


async def _silent() -> AsyncIterator[bytes]:
    yield b""
    await asyncio.sleep(60)


async def _half() -> AsyncIterator[bytes]:
    yield CLIP[:1000]


def _site() -> Starlette:
    async def clip(_: Request) -> Response:
        return Response(CLIP, media_type="video/mp4")

    async def nameless(_: Request) -> Response:
        return Response(CLIP, media_type="application/octet-stream")

    async def html(_: Request) -> Response:
        return HTMLResponse("<p>Sign in</p>")

    async def huge(_: Request) -> Response:
        headers = {"content-length": "10000000000"}
        return StreamingResponse(_silent(), headers=headers, media_type="video/mp4")

    async def endless(_: Request) -> Response:
        return StreamingResponse(_endless(), media_type="video/mp4")

    async def half(_: Request) -> Response:
        return StreamingResponse(_half(), headers={"content-length": "2000"}, media_type="video/mp4")

    async def empty(_: Request) -> Response:
        return Response(b"", media_type="video/mp4")

    async def packed(_: Request) -> Response:
        return Response(CLIP, headers={"content-encoding": "gzip"}, media_type="video/mp4")

    async def answers(request: Request) -> Response:
        return Response("no", int(request.query_params["status"]), media_type="video/mp4")

    async def elsewhere(request: Request) -> Response:
        return RedirectResponse(request.query_params["to"])

    async def astray(request: Request) -> Response:
        """To what httpx takes for an address and Python does not, or the other way round."""
        return Response(status_code=302, headers={"location": request.query_params.get("to", "http://[")})

    async def round(_: Request) -> Response:
        return RedirectResponse("/round")

    pages = (clip, nameless, html, huge, endless, half, empty, packed, answers, elsewhere, astray, round)
    return Starlette(routes=[Route(f"/{page.__name__}", page) for page in pages])


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(_site()) as address:
        yield address


async def refusal(url: str, path: Path, **options: object) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await fetch(url, path, **options)  # type: ignore[arg-type]
    assert not await asyncio.to_thread(path.exists)
    return raised.value


def always(*addresses: str) -> Resolve:
    """Every name has these addresses."""

    async def resolve(_name: str, _port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    "way", ["/clip", "/nameless", "/elsewhere?to=/clip", "/elsewhere?to=/elsewhere%3Fto=/clip"]
)
async def test_a_clip_of_an_allowed_origin_is_copied(site: str, tmp_path: Path, way: str) -> None:
    await fetch(site + way, tmp_path / "clip", allowed_origins=frozenset({site}))
    assert (tmp_path / "clip").read_bytes() == CLIP


@pytest.mark.parametrize(
    ("way", "permanent", "code"),
    [
        ("/nothing", False, "result_gone"),
        ("/answers?status=403", False, "result_gone"),
        ("/answers?status=410", False, "result_gone"),
        ("/html", False, "result_gone"),
        ("/answers?status=500", False, "provider_error"),
        ("/answers?status=503", False, "provider_error"),
        ("/answers?status=300", False, "provider_error"),
        ("/half", False, "provider_error"),
        ("/empty", False, "provider_error"),
        ("/packed", False, "provider_error"),
        ("/astray", True, "result_refused"),
        ("/astray?to=v1.x:1", True, "result_refused"),
        ("/huge", True, "result_refused"),
        ("/endless", True, "result_refused"),
        ("/elsewhere?to=https://[::1", False, "provider_error"),
        ("/elsewhere?to=file:///etc/passwd", True, "result_refused"),
    ],
)
async def test_what_is_no_whole_video_is_not_kept(
    site: str, tmp_path: Path, way: str, permanent: bool, code: str
) -> None:
    error = await refusal(
        site + way, tmp_path / "clip", allowed_origins=frozenset({site}), most_bytes=1_000_000, seconds=5
    )
    assert (error.permanent, error.code) == (permanent, code)
    assert error.raw


async def test_a_redirect_is_checked_like_the_first_link(site: str, tmp_path: Path) -> None:
    with serving(_site()) as other:
        error = await refusal(
            f"{site}/elsewhere?to={other}/clip", tmp_path / "clip", allowed_origins=frozenset({site})
        )
    assert (error.permanent, error.code) == (True, "result_refused")


async def test_redirects_end(site: str, tmp_path: Path) -> None:
    error = await refusal(f"{site}/round", tmp_path / "clip", allowed_origins=frozenset({site}))
    assert error.code == "result_refused"


async def test_a_download_has_its_time(site: str, tmp_path: Path) -> None:
    error = await refusal(
        f"{site}/endless",
        tmp_path / "clip",
        allowed_origins=frozenset({site}),
        seconds=0.2,
        most_bytes=10**12,
    )
    assert not error.permanent


async def test_nobody_at_home_is_worth_another_try(tmp_path: Path) -> None:
    with serving(_site()) as gone:
        pass
    error = await refusal(f"{gone}/clip", tmp_path / "clip", allowed_origins=frozenset({gone}))
    assert (error.permanent, error.code) == (False, "provider_error")


@pytest.mark.parametrize(
    "url",
    [
        "http://videos.example/clip.mp4",
        "https://videos.example:8443/clip.mp4",
        "https://someone:secret@videos.example/clip.mp4",
        "https://videos.example@127.0.0.1/clip.mp4",
        "https://127.0.0.1/clip.mp4",
        "https://[::1]/clip.mp4",
        "https://[::ffff:10.0.0.1]/clip.mp4",
        "https://10.1.2.3/clip.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/clip.mp4",
        "https://LOCALHOST/clip.mp4",
        "https://2130706433/clip.mp4",
        "https://0x7f000001/clip.mp4",
        "https://0177.0.0.1/clip.mp4",
        "https://127.1/clip.mp4",
        "https://\uff11\uff12\uff17.0.0.1/clip.mp4",  # digits of full width
        "https://1.1.1.1/\x7f",
        f"https://{'a' * 64}.example/clip.mp4",
        "https://..example/clip.mp4",
        "file:///etc/passwd",
        "https:///clip.mp4",
        "https://videos.example:port/clip.mp4",
        "https://[::1/clip.mp4",
        "/clip.mp4",
        "",
    ],
)
async def test_links_that_lead_where_we_do_not_go_are_refused(tmp_path: Path, url: str) -> None:
    error = await refusal(url, tmp_path / "clip")
    assert (error.permanent, error.code) == (True, "result_refused")


async def test_an_origin_is_allowed_as_a_whole_only(site: str, tmp_path: Path) -> None:
    """Another port, scheme or spelling is another origin."""
    for url in (f"{site}1/clip", site.replace("127.0.0.1", "localhost"), site.replace("//", "//a@")):
        error = await refusal(url, tmp_path / "clip", allowed_origins=frozenset({site}))
        assert (error.permanent, error.code) == (True, "result_refused")


@pytest.mark.parametrize("addresses", [["1.1.1.1", "10.0.0.7"], ["1.1.1.1", "::1"], []])
async def test_one_private_address_among_public_ones_is_enough_to_refuse(
    tmp_path: Path, addresses: list[str]
) -> None:
    url = "https://videos.example/clip.mp4"
    error = await refusal(url, tmp_path / "clip", resolve=always(*addresses))
    assert (error.permanent, error.code) == (True, "result_refused")


async def test_a_name_that_is_not_found_may_be_found_later(tmp_path: Path) -> None:
    async def lost(_name: str, _port: int) -> list[str]:
        raise OSError("no such name")

    error = await refusal("https://videos.example/clip.mp4", tmp_path / "clip", resolve=lost)
    assert (error.permanent, error.code) == (False, "provider_error")


@pytest.mark.parametrize(
    ("url", "address", "there", "name", "host"),
    [
        (
            "https://videos.example/clip.mp4?sign=a%2Fb+c%20d%3D~&e=1#part",
            "1.1.1.1",
            "https://1.1.1.1/clip.mp4?sign=a%2Fb+c%20d%3D~&e=1",
            "videos.example",
            "videos.example",
        ),
        (
            "https://Videos.example:443",
            "2606:4700::1111",
            "https://[2606:4700::1111]",
            "videos.example",
            "videos.example:443",
        ),
        ("https://b\u00fccher.example/", "1.1.1.1", "https://1.1.1.1/", *["xn--bcher-kva.example"] * 2),
        (
            "https://[2606:4700::1]/a",
            "2606:4700::1",
            *["https://[2606:4700::1]/a", "2606:4700::1"],
            "[2606:4700::1]",
        ),
    ],
)
async def test_the_request_goes_to_the_address_that_was_checked(
    url: str, address: str, there: str, name: str, host: str
) -> None:
    target = await checked(url, frozenset(), always(address))
    assert (str(target.url), target.name, target.host) == (there, name, host)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700::1111", True),
        ("2002:808:808::1", True),
        ("64:ff9b::808:808", True),
        ("0.0.0.0", False),
        ("127.8.8.8", False),
        ("192.168.1.1", False),
        ("172.20.0.1", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),  # Alibaba's metadata
        ("168.63.129.16", False),  # Azure's
        ("192.0.0.192", False),  # Oracle's
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fd00:ec2::254", False),
        ("ff0e::1", False),
        ("2001:db8::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:0:7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", False),  # Teredo of 127.0.0.1
        ("64:ff9b::a00:1", False),
        ("64:ff9b::a83f:8110", False),  # Azure's, by NAT64
        ("64:ff9b:1::a00:1", False),
        ("localhost", False),
        ("127.1", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@dataclass
class Secure:
    """A server with a certificate for `videos.example`, and what it was asked: each request's head and its SNI."""

    origin: str
    trust: ssl.SSLContext
    heads: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


def _certificate(path: Path, name: str) -> Path:
    """A certificate that vouches for itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@asynccontextmanager
async def secure_site(tmp_path: Path) -> AsyncIterator[Secure]:
    """`/clip` is the clip; whatever else is asked for is at `/clip` of `other.example`, on the same connection."""
    pem = _certificate(tmp_path / "certificate.pem", "videos.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                made.heads.append(head)
                if head.startswith("GET /clip "):
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\n")
                    writer.write(b"content-length: %d\r\n\r\n%b" % (len(CLIP), CLIP))
                else:
                    there = made.origin.replace("videos", "other")
                    writer.write(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n")
                    writer.write(f"location: {there}/clip\r\n\r\n".encode())
                await writer.drain()
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    trust = ssl.create_default_context(cafile=str(pem))
    made = Secure(f"https://videos.example:{port}", trust)
    context.sni_callback = lambda _socket, name, _context: made.names.append(name)
    async with server:
        yield made


async def test_a_name_is_resolved_once_and_the_certificate_is_checked_against_it(tmp_path: Path) -> None:
    asked = []

    async def once(name: str, port: int) -> list[str]:
        asked.append(f"{name}:{port}")
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with secure_site(tmp_path) as site:
        await fetch(
            f"{site.origin}/clip",
            tmp_path / "clip",
            allowed_origins=frozenset({site.origin}),
            resolve=once,
            trust=site.trust,
        )
    assert (tmp_path / "clip").read_bytes() == CLIP
    host = site.origin.removeprefix("https://")
    assert asked == [host]
    assert site.names == ["videos.example"]
    assert f"\r\nhost: {host}\r\n" in site.heads[0].lower()
    assert "\r\naccept-encoding: identity\r\n" in site.heads[0].lower()


@pytest.mark.parametrize("trusting", [True, False])
async def test_a_certificate_of_another_name_or_of_nobody_is_not_believed(
    tmp_path: Path, trusting: bool
) -> None:
    async with secure_site(tmp_path) as site:
        other = site.origin.replace("videos", "other") if trusting else site.origin
        error = await refusal(
            f"{other}/clip",
            tmp_path / "clip",
            allowed_origins=frozenset({other}),
            resolve=always("127.0.0.1"),
            trust=site.trust if trusting else None,
        )
    assert not error.permanent
    assert "CERTIFICATE_VERIFY_FAILED" in error.raw
    assert site.heads == []


async def test_a_redirect_to_another_name_at_the_same_address_is_checked_anew(tmp_path: Path) -> None:
    """Else one name's certificate would do for whatever else lives at its address."""
    async with secure_site(tmp_path) as site:
        both = {site.origin, site.origin.replace("videos", "other")}
        error = await refusal(
            f"{site.origin}/moved",
            tmp_path / "clip",
            allowed_origins=frozenset(both),
            resolve=always("127.0.0.1"),
            trust=site.trust,
        )
    assert "CERTIFICATE_VERIFY_FAILED" in error.raw
    assert site.names == ["videos.example", "other.example"]
    assert len(site.heads) == 1
