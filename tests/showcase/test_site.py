"""What the server writes at /showcase: pages with everything in them before a script, and the way to the files."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.responses import PlainTextResponse

from tests.showcase.conftest import HERE, VIDEO
from tests.showcase.test_showing import SHOWING, mine
from vannilli_app import frontend
from vannilli_app.accounts.cookies import access_cookie
from vannilli_app.cursors import encode_ranked
from vannilli_app.db import SERVICE, transaction
from vannilli_app.http_api import make_api
from vannilli_app.showcase import moderation
from vannilli_app.showcase.shelf import shelf
from vannilli_app.showcase.site import ShowcaseSite

BASE = "https://vannilli.test"


@pytest.fixture
async def site(database) -> AsyncIterator[httpx.AsyncClient]:
    frontend.ensure()
    inner = PlainTextResponse("the app", status_code=404)
    app = ShowcaseSite(inner, frontend.current() / "build" / "client", BASE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


@pytest.fixture
async def shown(new_artist, new_video, settle) -> str:
    ana = await new_artist()
    video = await new_video(ana)
    await ana.http.put(mine(video), json=SHOWING | {"title": "Night <Bus> & 'co'"})
    await settle()
    shelf.drop()
    return video


def og(html: str, name: str) -> str:
    found = re.findall(rf'<meta property="{name}" content="([^"]*)"/>', html)
    assert len(found) == 1, (name, found)
    return str(found[0])


async def test_a_videos_page_tells_previews_and_search_engines_of_the_video(site, shown) -> None:
    html = (await site.get(f"/showcase/{shown}")).text
    assert "<title>Night &lt;Bus&gt; &amp; &#x27;co&#x27; by @moon.band · Vannilli</title>" in html
    assert f'<link rel="canonical" href="{BASE}/showcase/{shown}"/>' in html
    assert og(html, "og:type") == "video.other"
    assert og(html, "og:video:secure_url") == og(html, "og:video") == f"{BASE}/showcase/{shown}/video.mp4"
    assert (og(html, "og:video:type"), og(html, "og:video:width")) == ("video/mp4", "540")
    assert og(html, "og:image") == f"{BASE}/showcase/{shown}/poster.jpg"
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    data = json.loads(block)
    assert (data["@type"], data["name"]) == ("VideoObject", "Night <Bus> & 'co' by @moon.band")
    assert data["contentUrl"] == og(html, "og:video")
    assert data["interactionStatistic"]["userInteractionCount"] == 0
    assert datetime.fromisoformat(data["uploadDate"]).tzinfo
    assert 'href="/studio/new?bpm=140&amp;bars=8&amp;ts=4-4"' in html
    assert "<h1>Night &lt;Bus&gt;" in html


async def test_the_gallery_needs_no_script_and_follows_its_address(site, shown) -> None:
    html = (await site.get("/showcase")).text
    assert f'href="/showcase/{shown}"' in html
    assert "8 bars · 140" in html
    assert "Nothing at these tempos" in (await site.get("/showcase?bpm_from=150")).text
    beyond = f"?order=watched&cursor={encode_ranked(2**31, UUID(shown))}"
    for odd in ("?bpm_from=fast", "?cursor=broken", beyond, "?order=best", "?part="):
        assert f'href="/showcase/{shown}"' in (await site.get(f"/showcase{odd}")).text, odd
    assert f"<loc>{BASE}/showcase/{shown}</loc>" in (await site.get("/showcase/sitemap.xml")).text


async def test_files_open_until_they_are_taken_down(site, shown, admin) -> None:
    answer = await site.get(f"/showcase/{shown}/video.mp4")
    assert (answer.status_code, answer.headers["cache-control"]) == (307, "no-store")
    transport = httpx.ASGITransport(app=make_api())
    async with httpx.AsyncClient(transport=transport) as files:
        assert (await files.get(answer.headers["location"])).content == VIDEO
    assert (await site.get(f"/showcase/{shown}/poster.jpg")).status_code == 307
    async with transaction(SERVICE) as session:
        await moderation.take_down(session, UUID(shown), "No.", admin, HERE, datetime.now(UTC))
    for name in ("video.mp4", "poster.jpg"):
        assert (await site.get(f"/showcase/{shown}/{name}")).status_code == 404
    shelf.drop()
    gone = await site.get(f"/showcase/{shown}")
    assert gone.status_code == 404
    assert "noindex" in gone.text
    assert shown not in (await site.get("/showcase")).text


async def test_an_empty_stage_says_what_to_do_and_other_addresses_are_the_apps(site) -> None:
    assert "Be the first" in (await site.get("/showcase")).text
    assert (await site.get(f"/showcase/{uuid4()}")).status_code == 404
    assert (await site.get("/showcase/clips.js")).headers["content-type"].startswith("text/javascript")
    for path in ("/showcase/draft.js", "/showcase/nothing", "/pricing"):
        assert (await site.get(path)).text == "the app", path


async def test_in_german_the_gallery_and_its_videos_are_german_and_know_of_each_other(site, shown) -> None:
    gallery = (await site.get("/de/showcase")).text
    assert '<html lang="de"' in gallery
    assert f'href="/de/showcase/{shown}"' in gallery
    assert "8 Takte · 140" in gallery
    own = (await site.get(f"/de/showcase/{shown}")).text
    assert "Dieses Video melden" in own
    assert 'href="/de/studio/new?bpm=140&amp;bars=8&amp;ts=4-4"' in own
    assert f'<link rel="canonical" href="{BASE}/de/showcase/{shown}"/>' in own
    assert f'hreflang="en" href="{BASE}/showcase/{shown}"' in own
    assert f'href="/showcase/{shown}" lang="en"' in own
    assert "8 Takte bei 140 BPM, eine Hook" in og(own, "og:description")
    assert (await site.get(f"/de/showcase/{uuid4()}")).status_code == 404


async def test_only_an_admin_finds_the_way_to_their_pages(site, new_artist, owner) -> None:
    ana = await new_artist()
    token = ana.http.headers["authorization"].removeprefix("Bearer ")
    header = {"cookie": f"{access_cookie()}={token}"}
    assert 'href="/admin"' not in (await site.get("/showcase", headers=header)).text
    owner.execute("UPDATE users SET role = 'admin' WHERE id = %s", [ana.id])
    assert 'class="nav-link" href="/admin">Admin<' in (await site.get("/showcase", headers=header)).text
    assert 'href="/admin"' not in (await site.get("/showcase")).text


async def test_the_signed_in_find_their_way_back_and_visitors_the_way_in(site, shown) -> None:
    assert 'href="/signin"' in (await site.get("/showcase")).text
    back = (await site.get("/showcase", headers={"cookie": f"{access_cookie()}=a token"})).text
    assert 'href="/studio"' in back
    assert 'href="/signin"' not in back
    assert f'href="/showcase/{shown}"' in back
