"""What the server writes for visitors and search engines, on the pages as they are built."""

import io
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from PIL import Image
from starlette.responses import PlainTextResponse

from tests.ui.conftest import ask  # noqa: F401  (a fixture)
from tests.ui.test_music import at_random, section
from vannilli_app import frontend
from vannilli_app.calculator import words
from vannilli_app.calculator.site import Site
from vannilli_app.config import Settings
from vannilli_app.middleware import SecurityHeaders

HERE = "https://vannilli.test"
VOID = {"meta", "link", "input", "img", "br", "path"}


@pytest.fixture(scope="module")
def pages() -> Path:
    frontend.ensure()
    return frontend.current() / "build" / "client"


@pytest.fixture
async def site(pages: Path) -> AsyncIterator[httpx.AsyncClient]:
    inner = PlainTextResponse("the app", status_code=404)
    settings = Settings(_env_file=None, public_url=HERE)  # type: ignore[call-arg]
    app = SecurityHeaders(Site(inner, pages, HERE), pages, settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE) as client:
        yield client


def inside(html: str, answer: str) -> str:
    found = re.search(rf'data-answer="{answer}"[^>]*>([^<]*)</span>', html)
    assert found
    return found[1]


async def test_a_permalink_has_its_answer_before_any_script(site: httpx.AsyncClient) -> None:
    html = (await site.get("/calculator?bpm=93.5&bars=8.5&ts=6-8&unit=dotted_quarter")).text
    assert (inside(html, "bpm"), inside(html, "seconds")) == ("93.5", "10.909")
    assert inside(html, "sentence").startswith(
        "8.5 bars at 93.5: a Verse. Billed as 11 seconds, 11 credits ($2.75)"
    )
    assert "<title>8.5 bars at 93.5 BPM: 10.909 s · Vannilli</title>" in html
    assert f'<link rel="canonical" href="{HERE}/calculator"/>' in html
    shared = f"{HERE}/calculator?bpm=93.5&amp;bars=8.5&amp;ts=6-8&amp;unit=dotted_quarter"
    assert f'<meta property="og:url" content="{shared}"/>' in html
    image = re.findall(r'property="og:image" content="([^"]*)"', html)
    assert image == [f"{HERE}/share/calculator/93.5-8.5-6-8-dotted_quarter.png"]
    assert (await site.get(image[0])).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    "query", ["", "?bpm=fast", "?bpm=59", "?ts=%3Cscript%3E", "?bars=1e1", "?unit=whole"]
)
async def test_an_address_that_names_no_section_gets_the_standard_one(
    site: httpx.AsyncClient, query: str
) -> None:
    html = (await site.get(f"/calculator{query}")).text
    assert (inside(html, "bpm"), inside(html, "seconds")) == ("140", "13.714")


async def test_search_engines_get_the_questions_and_the_application(site: httpx.AsyncClient) -> None:
    html = (await site.get("/calculator")).text
    for kind in ("SoftwareApplication", "FAQPage"):
        assert f'"@type": "{kind}"' in html


def test_the_browser_says_the_same_sentence_and_reads_addresses_alike(ask: Any) -> None:  # noqa: F811
    cases = at_random(300)
    said = ask("lengths.js", "lengths.sentence(given)", cases)
    read = ask(
        "address.js",
        "address.tempoIn(given)",
        [words.address(section(given)).split("?")[1] for given in cases],
    )
    for given, sentence, tempo in zip(cases, said, read, strict=True):
        assert sentence == words.sentence(section(given))
        assert tempo == given


QUERIES = (
    "bpm=120,5", "bpm=1e2", "bpm=1_0", "bpm=140.", "bpm=+90+", "bpm=%D9%A9%D9%A0", "bpm=", "bars=8.25", "bars=%2B8",
    "ts=7-8", "ts=7/8", "ts=7", "ts=4-4-4", "ts=+4-4", "ts=004-4", "ts=4-4&unit=whole", "ts=4-2&unit=denominator",
    "bpm=90&ts=12-8&unit=dotted_quarter",
)  # fmt: skip


def test_both_believe_the_same_addresses(ask: Any) -> None:  # noqa: F811
    said = ask("address.js", "address.tempoIn(given)", QUERIES, "")
    believed = ask("music.js", "given && !music.refusal(given)", said)
    assert True in believed
    assert False in believed
    for query, tempo, taken in zip(QUERIES, said, believed, strict=True):
        ours = words.asked(httpx.QueryParams(query))
        theirs = section({**tempo, "bpm": tempo["bpm"].replace(",", ".")}) if taken else words.STANDARD
        assert theirs == ours, query


class Wellformed(HTMLParser):
    """Fails on an element that is closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name == "href" and tag == "a" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


async def test_every_tempo_has_a_page_of_its_own(site: httpx.AsyncClient) -> None:
    titles = set()
    for bpm in range(60, 201, 7):
        answer = await site.get(f"/bpm/{bpm}")
        html = answer.text
        parser = Wellformed()
        parser.feed(html)
        assert not parser.open
        assert {f"/calculator?bpm={bpm}&bars={bars}&ts=4-4" for bars in (1, 2, 4, 8, 16, 32)} <= set(
            parser.links
        )
        assert f'<link rel="canonical" href="{HERE}/bpm/{bpm}"/>' in html
        titles.add(re.search(r"<title>(.*?)</title>", html)[1])  # type: ignore[index]
        assert html.count("<script") == 1  # the one that sets the colours
    assert len(titles) == len(range(60, 201, 7))


async def test_a_tempos_page_is_true(site: httpx.AsyncClient) -> None:
    html = (await site.get("/bpm/140")).text
    for figure in (
        "428.571 ms",
        "1.714 s",
        "13.714 s",
        "54.857 s",
        "107.14 ms",
        "160.71 ms",
        "71.43 ms",
        "2 to 4.5 bars",
    ):
        assert figure in html
    assert 'href="/bpm/70"' in html
    assert 'href="/bpm/280"' not in html


@pytest.mark.parametrize(
    "path",
    [
        "/bpm/59",
        "/bpm/201",
        "/bpm/fast",
        "/bpm/140.5",
        "/share/calculator/x.png",
        "/share/calculator/500-8-4-4.png",
        "/share/calculator/140-8-4-3.png",
        "/other",
    ],
)
async def test_what_is_not_there_is_the_apps_own(site: httpx.AsyncClient, path: str) -> None:
    assert (await site.get(path)).text == "the app"


async def test_a_share_image_is_a_picture_that_may_be_kept(site: httpx.AsyncClient) -> None:
    answer = await site.get("/share/calculator/140-8-4-4.png")
    assert "max-age=604800" in answer.headers["cache-control"]
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert (await site.get("/share/calculator/60-8-4-4.png")).content != answer.content


async def test_the_sitemap_names_every_tempo_and_robots_the_sitemap(site: httpx.AsyncClient) -> None:
    tree = ElementTree.fromstring((await site.get("/sitemap.xml")).content)
    found = [place.text for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert {
        f"{HERE}/",
        f"{HERE}/calculator",
        f"{HERE}/bpm",
        *(f"{HERE}/bpm/{bpm}" for bpm in range(60, 201)),
    } <= set(found)
    robots = (await site.get("/robots.txt")).text
    assert f"Sitemap: {HERE}/sitemap.xml" in robots
    assert "Disallow: /studio" in robots


async def test_only_the_page_for_frames_may_be_framed(site: httpx.AsyncClient) -> None:
    framed = await site.get("/embed?bpm=120&bars=4")
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    assert '<span id="seconds">8</span>' in framed.text
    for path in ("/calculator", "/bpm/140", "/bpm", "/embed/", "/embed/music.js"):
        headers = (await site.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


async def test_every_page_names_itself_in_each_language(site: httpx.AsyncClient) -> None:
    for path in ("/", "/calculator", "/pricing", "/bpm", "/bpm/140"):
        german = "/de" if path == "/" else f"/de{path}"
        for here, tag in ((path, "en"), (german, "de")):
            html = (await site.get(here)).text
            assert f'<html lang="{tag}"' in html
            assert re.findall(r'<link rel="canonical" href="([^"]*)"', html) == [HERE + here]
            assert dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"', html)) == {
                "en": HERE + path,
                "de": HERE + german,
                "x-default": HERE + path,
            }


async def test_a_german_link_has_a_german_answer_data_and_picture(site: httpx.AsyncClient) -> None:
    html = (await site.get("/de/calculator?bpm=93.5&bars=8.5")).text
    assert inside(html, "sentence").startswith(
        "8,5 Takte bei 93,5: eine Strophe. Berechnet als 22 Sekunden, 22 Credits"
    )
    assert "<title>8,5 Takte bei 93,5 BPM: 21,818 s · Vannilli</title>" in html
    assert '"inLanguage": "de"' in html
    assert "Wie lang sind 8 Takte bei 140 BPM?" in html
    [german] = re.findall(r'property="og:image" content="([^"]*)"', html)
    assert german == f"{HERE}/de/share/calculator/93.5-8.5-4-4.png"
    english = german.replace("/de/", "/")
    assert (await site.get(german)).content != (await site.get(english)).content
    assert 'hrefLang="en" href="/bpm/140"' in (await site.get("/de/bpm/140")).text


async def test_a_german_frame_may_be_framed_and_carries_its_sentences(site: httpx.AsyncClient) -> None:
    answer = await site.get("/de/embed?bpm=93.5")
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    data = re.search(r'<script type="application/json" id="words">([^<]*)</script>', answer.text)
    assert data
    said = json.loads(data[1])
    assert (said["language"], said["sentences"]["keep tapping"]) == ("de", "weiter tippen")
    assert "Camera" not in said["sentences"]
