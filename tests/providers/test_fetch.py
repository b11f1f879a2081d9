"""Fetching what a link of a stranger leads to: videos from the open internet, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.server import serving
from vannilli_app.providers import ProviderError
from vannilli_app.providers.fetch import checked, fetch, is_public

CLIP = bytes(range(256)) * 1000


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(1 << 16)
        await asyncio.sleep(0)  # or the server would not notice that nobody listens any more


async def _half() -> AsyncIterator[bytes]:
    yield CLIP[:1000]


def _site() -> Starlette:
    async def clip(_: Request) -> Response:
        return Response(CLIP, media_type="video/mp4")

    async def html(_: Request) -> Response:
        return HTMLResponse("<p>Sign in</p>")

    async def huge(_: Request) -> Response:
        headers = {"content-length": "10000000000"}
        return StreamingResponse(_endless(), headers=headers, media_type="video/mp4")

    async def endless(_: Request) -> Response:
        return StreamingResponse(_endless(), media_type="video/mp4")

    async def half(_: Request) -> Response:
        return StreamingResponse(_half(), headers={"content-length": "2000"}, media_type="video/mp4")

    async def elsewhere(request: Request) -> Response:
        return RedirectResponse(request.query_params["to"])

    async def round(_: Request) -> Response:
        return RedirectResponse("/round")

    pages = (clip, html, huge, endless, half, elsewhere, round)
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


@pytest.mark.parametrize("way", ["/clip", "/elsewhere?to=/clip"])
async def test_a_clip_of_an_allowed_origin_is_copied(site: str, tmp_path: Path, way: str) -> None:
    await fetch(site + way, tmp_path / "clip", allowed_origins=frozenset({site}))
    assert (tmp_path / "clip").read_bytes() == CLIP


@pytest.mark.parametrize(
    ("way", "permanent", "code"),
    [
        ("/nothing", False, "result_gone"),
        ("/html", False, "result_gone"),
        ("/huge", True, "result_refused"),
        ("/endless", True, "result_refused"),
        ("/half", False, "provider_error"),
    ],
)
async def test_what_is_no_whole_video_is_not_kept(
    site: str, tmp_path: Path, way: str, permanent: bool, code: str
) -> None:
    error = await refusal(
        site + way, tmp_path / "clip", allowed_origins=frozenset({site}), most_bytes=1_000_000
    )
    assert (error.permanent, error.code) == (permanent, code)


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


@pytest.mark.parametrize(
    "url",
    [
        "http://videos.example/clip.mp4",
        "https://videos.example:8443/clip.mp4",
        "https://someone:secret@videos.example/clip.mp4",
        "https://127.0.0.1/clip.mp4",
        "https://[::1]/clip.mp4",
        "https://[::ffff:10.0.0.1]/clip.mp4",
        "https://10.1.2.3/clip.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/clip.mp4",
        "https://2130706433/clip.mp4",
        "https://0x7f000001/clip.mp4",
        "https://127.1/clip.mp4",
        "file:///etc/passwd",
        "https:///clip.mp4",
        "https://videos.example:port/clip.mp4",
        "",
    ],
)
async def test_links_that_lead_where_we_do_not_go_are_refused(tmp_path: Path, url: str) -> None:
    error = await refusal(url, tmp_path / "clip")
    assert (error.permanent, error.code) == (True, "result_refused")


async def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    async def both(_name: str, _port: int) -> list[str]:
        return ["1.1.1.1", "10.0.0.7"]

    with pytest.raises(ProviderError):
        await checked("https://videos.example/clip.mp4", frozenset(), both)


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked = []

    async def once(name: str, port: int) -> list[str]:
        asked.append((name, port))
        return ["2606:4700::1111"]

    target = await checked("https://videos.example/clip.mp4?a=b#c", frozenset(), once)
    assert target.url == "https://[2606:4700::1111]:443/clip.mp4?a=b"
    assert (target.name, target.host) == ("videos.example", "videos.example")
    assert asked == [("videos.example", 443)]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700::1111", True),
        ("0.0.0.0", False),
        ("127.8.8.8", False),
        ("192.168.1.1", False),
        ("172.20.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("nonsense", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
