"""Pages in German: whole, fitting the smallest phone, and in German wherever one goes from them."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.product import Product
from tests.ui.test_music import at_random, section
from vannilli_app import words
from vannilli_app.calculator.words import sentence

pytestmark = [pytest.mark.e2e]

PHONE = ViewportSize(width=390, height=844)
PASSWORD = "a line of a song 7"
WEAKNESSES = Path(__file__).with_name("weaknesses.js").read_text()
SAID = """() => {
    const said = new Set([document.title]);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode())
        if (!walk.currentNode.parentElement.closest("script, style, noscript, code, [lang]:not(html)"))
            said.add(walk.currentNode.textContent.trim());
    for (const one of document.querySelectorAll("[aria-label], [placeholder], [alt]"))
        for (const name of ["aria-label", "placeholder", "alt"]) said.add(one.getAttribute(name) ?? "");
    return [...said];
}"""
NAMES = re.compile(
    r"\b([\w-]+@vannilli\.test|Vannilli|BPM|WAV|MIDI|CSV|Hz|kHz|ms|Notifications alt\+T)(?!\w)"
)  # the last is Reflex's own
PUBLIC = ("/", "/calculator?bpm=93.5&bars=8.5", "/pricing", "/signup", "/signin", "/reset", "/reset#token", "/verify",
          "/verify#token", "/bpm/140", "/embed", "/verify-video", "/privacy", "/terms", "/showcase")  # fmt: skip
STUDIO = ("/studio", "/studio/new", "/studio/record", "/account", "/studio/preview", "/studio/download",
          "/sandbox/checkout")  # fmt: skip


@pytest.fixture
async def page(browser: Browser, running: Product) -> Page:
    """A page of a browser that takes no service worker, which would fetch what the page itself does not."""
    context = await browser.new_context(base_url=running.base_url, viewport=PHONE, service_workers="block")
    return await context.new_page()


async def said(page: Page, path: str) -> set[str]:
    """What a page says that is a word in some language, numbers and names apart."""
    await page.goto(path, wait_until="networkidle")
    assert await page.evaluate(WEAKNESSES) == [], path
    return {one for one in await page.evaluate(SAID) if re.search(r"[^\W\d_]{2}", NAMES.sub("", one))}


async def untranslated(page: Page, path: str) -> set[str]:
    """What a page says alike in English and in German, and the catalogue does not."""
    alike = {
        words.key(one.id)
        for one in words.catalogue("de")
        if one.id and one.string in (one.id, words.key(one.id))
    }
    with words.speaking("de"):
        german = await said(page, words.at(path))
    assert await page.evaluate("document.documentElement.lang") == "de"
    return (german & await said(page, path)) - alike


async def sign_up_in_german(page: Page) -> None:
    await page.goto("/de/signup")
    await page.get_by_label("E-Mail").fill(f"{uuid4()}@vannilli.test")
    await page.get_by_label("Passwort", exact=True).fill("password123")
    await page.get_by_label("Geburtsdatum").fill("1990-05-05")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Konto erstellen").click()
    await expect(page.get_by_text("Dieses Passwort steht auf den Listen der geleakten")).to_be_visible()
    await page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Konto erstellen").click()
    await page.wait_for_url("**/de/studio/new")


@pytest.mark.long
async def test_no_public_page_has_english_left_or_overflows_in_german(page: Page) -> None:
    assert {path: left for path in PUBLIC if (left := await untranslated(page, path))} == {}


@pytest.mark.long
async def test_signing_up_in_german_leads_through_a_german_studio(page: Page) -> None:
    await sign_up_in_german(page)
    assert {path: left for path in STUDIO if (left := await untranslated(page, path))} == {}
    await page.goto("/de/account", wait_until="networkidle")
    await expect(page.get_by_text("3 aus deiner Anmeldung: verfallen nie")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Für 12,00.\\$ kaufen$"))).to_be_visible()
    await page.get_by_role("link", name="Abos ansehen").click()
    await page.wait_for_url("**/de/pricing")


async def test_the_other_language_keeps_the_page_and_its_query(page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto("/calculator?bpm=93.5&bars=8.5")
    await page.get_by_role("link", name="Deutsch").click()
    await page.wait_for_url("**/de/calculator?bpm=93.5&bars=8.5*")
    await expect(page.locator("output.answer")).to_contain_text("8,5 Takte bei 93,5: eine Strophe.")
    await expect(page).to_have_title("8,5 Takte bei 93,5 BPM: 21,818 s · Vannilli")
    await page.get_by_role("link", name="English").click()
    await page.wait_for_url("**/calculator?bpm=93.5&bars=8.5*")
    await expect(page.locator("output.answer")).to_contain_text("8.5 bars at 93.5: a Verse.")
    assert errors == []


async def test_before_its_scripts_have_come_too(page: Page) -> None:
    async def never(_: Route) -> None:
        pass

    await page.route("**/assets/*.js", never)
    await page.goto("/calculator?bpm=93.5&bars=8.5", wait_until="commit")
    await page.get_by_role("link", name="Deutsch").click()
    await page.wait_for_url("**/de/calculator?bpm=93.5&bars=8.5*", wait_until="commit")


async def test_a_page_loads_no_sentence_of_another_page_or_language(page: Page) -> None:
    scripts: list[str] = []

    async def read(response: Any) -> None:
        if response.request.resource_type == "script":
            scripts.append(await response.text())

    page.on("response", read)
    await page.goto("/pricing", wait_until="networkidle")
    loaded = "".join(scripts)
    assert "Pay for bars, not for tries." in loaded
    assert "Zahl für Takte" not in loaded
    assert "Delete your account?" not in loaded


@pytest.mark.parametrize("tag", words.LANGUAGES)
async def test_the_pictures_of_the_first_page_speak_its_language(page: Page, tag: str) -> None:
    with words.speaking(tag):
        await page.goto(words.at("/"))
    sources = await page.locator(".step-picture").evaluate_all(
        "all => all.map(one => one.getAttribute('src'))"
    )
    assert sources == [f"/steps/{tag}/bars.webp", f"/steps/{tag}/perform.webp", "/steps/video.webp"]
    for source in sources:
        answer = await page.request.get(source)
        assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")


def test_both_say_the_answer_alike_in_german(ask: Any) -> None:
    cases = at_random(60)
    speak = f'speak("de", {json.dumps(words.in_browser("de", {"lengths", "music"}))})'
    found = ask("lengths.js", "lengths.sentence(given)", cases, speak)
    with words.speaking("de"):
        assert found == [sentence(section(given)) for given in cases]
