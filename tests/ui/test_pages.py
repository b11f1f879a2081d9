"""The pages in a real browser: by keyboard, on the smallest phone, and when things are refused."""

import asyncio
import re
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import mido
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.product import Product
from vannilli_app.config import ROOT
from vannilli_app.demo import track as demo_track

pytestmark = [pytest.mark.e2e]

SMALL = ViewportSize(width=320, height=640)
FOCUSED = """() => {
    const { activeElement: at } = document;
    return at.ariaLabel || [...(at.labels ?? [])].map((label) => label.innerText).join("") || at.innerText || "";
}"""
# Plays twelve seconds of 140 BPM through the metronome into memory, and finds where each click begins.
HEARD_CLICKS = """async () => {
    const { beatStream } = await import("/modules/metronome.js");
    const { clicks } = await import("/modules/clicks.js");
    const context = new OfflineAudioContext(1, 48000 * 12, 48000);
    const tempo = { bpm: "140", bars: "8", timeSignature: "4/4", beatUnit: "quarter" };
    const stream = beatStream(tempo, { start: 0.08 });
    for (let now = 0; now < 11.7; now += 0.025) clicks(context, context.destination, 0, stream.take(now + 0.2));
    const samples = (await context.startRendering()).getChannelData(0);
    const found = [];
    for (let i = 0, quietSince = -4800; i < samples.length; i++) {
        if (Math.abs(samples[i]) < 0.01) continue;
        if (i - quietSince > 4800) found.push(i / 48000);
        quietSince = i;
    }
    return found;
}"""
PASSWORD = "a line of a song 7"
WEAKNESSES = Path(__file__).with_name("weaknesses.js").read_text()


@pytest.fixture
async def page(browser: Browser, running: Product) -> Page:
    context = await browser.new_context(base_url=running.base_url, viewport=SMALL)
    return await context.new_page()


async def sign_up(page: Page, email: str, next_page: str = "/studio") -> None:
    await page.goto(f"/signup?next={next_page}")
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Birth date").fill("1990-05-05")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Create my account").click()


def somebody() -> str:
    return f"{uuid4()}@vannilli.test"


async def test_every_page_fits_the_smallest_phone_and_every_control_has_a_name_and_a_size(page: Page) -> None:
    for path in (
        "/",
        "/signup",
        "/signin",
        "/reset",
        "/reset#token",
        "/verify#token",
        "/bpm/140",
        "/nowhere",
    ):
        await page.goto(path, wait_until="networkidle")
        assert await page.evaluate(WEAKNESSES) == [], path
    await sign_up(page, somebody())
    await page.wait_for_url("**/studio")
    nobodys = uuid4()
    for path in (
        "/studio",
        "/studio/new",
        "/studio/record",
        f"/studio/preview?generation={nobodys}",
        "/account",
    ):
        await page.goto(path, wait_until="networkidle")
        await page.locator("h1").wait_for()
        assert await page.evaluate(WEAKNESSES) == [], path


async def test_the_calculator_is_played_by_keyboard(page: Page) -> None:
    await page.goto("/", wait_until="networkidle")  # a key that comes before the scripts is nobody's
    result = page.locator("output")
    await expect(result).to_contain_text(
        "8 bars at 140 is 13.714 s. Billed as 14 seconds: 14 credits ($3.50)."
    )
    bars = page.get_by_role("slider", name="Bars")
    await bars.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Shift+ArrowLeft")
    await expect(bars).to_have_attribute("aria-valuetext", "8.5 bars, 14.571 seconds")
    await page.get_by_label("Tempo in BPM, typed").fill("59")
    await expect(page.get_by_text("The tempo goes from 60 to 200 BPM").first).to_be_visible()
    await page.get_by_label("Tempo in BPM, typed").fill("93.5")
    await expect(result).to_contain_text("8.5 bars at 93.5 is 21.818 s.")
    await page.evaluate("document.activeElement.blur()")
    # A clock of the test's own: a busy machine would tap unevenly.
    await page.evaluate(
        "let now = performance.now(); performance.now = () => now; window.wait = (ms) => { now += ms; }"
    )
    for _ in range(5):
        await page.keyboard.press("t")
        await page.evaluate("wait(60000 / 140)")
    await expect(result).to_contain_text("8.5 bars at 140 is")


async def complaints(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds wrong on the page: the rule, and where."""
    found = (await Axe().run(page, context={"exclude": [[".skip"]]})).response["violations"]
    return [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what is called so."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if (await page.evaluate(FOCUSED)).startswith(name):
            return
    pytest.fail(f"Tab never came to {name}")


async def test_the_whole_calculator_is_worked_by_keyboard_alone(page: Page) -> None:
    await page.goto("/calculator?bpm=93.5&bars=16&ts=6-8&unit=dotted_quarter", wait_until="networkidle")
    answer = page.locator("output.answer")
    await expect(answer).to_contain_text("20.535 s")
    await tab_to(page, "Tempo in BPM, typed")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("140")
    await tab_to(page, "Bars")
    await page.keyboard.press("Shift+ArrowRight")
    await expect(answer).to_contain_text("16.5 bars at 140: a Full Verse. Billed as 15 seconds")
    await tab_to(page, "Seconds")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("12")
    await expect(answer).to_contain_text("14 bars at 140: a Verse. Billed as 12 seconds, 12 credits ($3.00)")
    await tab_to(page, "Frames at 24")
    await expect(page.get_by_label("Frames at 30")).to_have_value("360")
    await page.wait_for_url("**/calculator?bpm=140&bars=14&ts=6-8&unit=dotted_quarter")
    await tab_to(page, "Play the click")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(re.compile("^Bar 1, beat"))).to_be_visible()
    await page.keyboard.press("Enter")
    await tab_to(page, "Add 14 bars at 140")
    await page.keyboard.press("Enter")
    await tab_to(page, "Tempo map")
    async with page.expect_download() as download:
        await page.keyboard.press("Space")
    map_ = mido.MidiFile(await (await download.value).path())
    assert map_.length == pytest.approx(12, abs=0.001)
    await tab_to(page, "Delay and note lengths")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("cell", name="285.71").first).to_be_visible()
    assert await complaints(page) == []
    assert await page.evaluate(WEAKNESSES) == []
    await page.evaluate("document.activeElement.blur()")
    pressed = []
    for _ in range(5):
        await page.keyboard.press("Space")
        pressed.append(time.monotonic())
        await page.wait_for_timeout(400)
    tapped = re.search(r"at (\d+):", await answer.inner_text())
    assert tapped
    meant = 60 * 4 / (pressed[-1] - pressed[0])  # 150 on a machine that is on time
    assert abs(int(tapped[1]) - meant) <= 12


async def test_a_permalink_is_right_before_scripts_and_after_them_and_offline(
    page: Page, browser: Browser, running: Product, tmp_path: Path
) -> None:
    shared = "/calculator?bpm=200&bars=4&ts=3-4"
    without_scripts = await browser.new_context(base_url=running.base_url, java_script_enabled=False)
    before = await without_scripts.new_page()
    await before.goto(shared)
    await expect(before.locator("output.answer")).to_contain_text("3.6 s")
    await page.goto(shared, wait_until="networkidle")
    await expect(page.locator("output.answer")).to_contain_text(
        "4 bars at 200: a Short Hook. Billed as 4 seconds"
    )
    await page.context.set_offline(True)
    track = tmp_path / "band.wav"
    demo_track.write(track, bpm=126)
    await page.get_by_label("A track to hear the tempo of").set_input_files(track)
    await expect(page.get_by_text("126 BPM", exact=True)).to_be_visible()
    await expect(page.locator("output.answer")).to_contain_text("4 bars at 126")


async def test_clicks_sound_within_two_milliseconds_of_the_grid(page: Page) -> None:
    modules = ROOT / "vannilli_app" / "ui" / "browser"
    await page.route("**/modules/*", lambda route: route.fulfill(path=modules / Path(route.request.url).name))
    await page.goto("/signin")
    found = await page.evaluate(HEARD_CLICKS)
    assert len(found) == 28
    for index, at in enumerate(found):
        assert abs(at - 0.08 - index * 60 / 140) < 0.002


async def test_another_page_frames_the_calculator_as_tall_as_it_is(
    page: Page, running: Product, tmp_path: Path
) -> None:
    script = f'<script async src="{running.base_url}/embed.js" data-tempo="?bpm=90&amp;bars=4"></script>'
    (tmp_path / "index.html").write_text(f"<body><p>Our tempo</p>{script}")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as theirs:
        Thread(target=theirs.serve_forever, daemon=True).start()
        await page.goto(f"http://127.0.0.1:{theirs.server_port}/")
        frame = page.frame_locator("iframe")
        await expect(frame.locator("output")).to_contain_text("4 bars at 90")
        await frame.get_by_label("Bars").fill("8")
        await expect(frame.locator("output")).to_contain_text("21.333 s8 bars at 90")
        await expect(page.locator("iframe")).not_to_have_css("height", "520px")
        inner = await frame.locator("#embed").bounding_box()
        outer = await page.locator("iframe").bounding_box()
        theirs.shutdown()
    assert inner
    assert outer
    assert abs(inner["height"] - outer["height"]) <= 1


async def test_the_tempo_goes_with_a_person_into_the_studio(page: Page) -> None:
    await page.goto("/")
    await page.get_by_label("Tempo in BPM, typed").fill("93.5")
    await page.get_by_role("button", name="16", exact=True).click()
    await page.get_by_role("link", name="Make this video").click()
    await page.wait_for_url("**/signin?next=*")
    await page.get_by_role("link", name="Create an account").click()
    await page.wait_for_url("**/signup?next=*")
    await sign_up(page, somebody(), "/studio/new%3Fbpm%3D93.5%26bars%3D16%26ts%3D4-4")
    await page.wait_for_url("**/studio/new?*")
    await expect(page.get_by_label("Tempo in BPM, typed")).to_have_value("93.5")
    await expect(page.get_by_role("slider", name="Bars")).to_have_attribute("aria-valuenow", "16")


async def test_sign_up_says_what_is_missing_and_what_the_server_refuses(page: Page) -> None:
    await page.goto("/signup", wait_until="networkidle")
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_label("Email")).to_be_focused()
    for sentence in (
        "Type your email address.",
        "Choose a password.",
        "Type your birth date.",
        "Accept the terms",
    ):
        await expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    email = somebody()
    await sign_up(page, email)
    await page.get_by_text("No videos yet.").wait_for()  # the address of the form ends in /studio too
    await page.context.clear_cookies()
    await sign_up(page, email)
    await expect(
        page.get_by_role("alert").filter(has_text="There is an account with this email")
    ).to_be_visible()
    await expect(page.get_by_label("Email")).to_be_focused()


async def test_signing_up_is_done_by_keyboard_alone(page: Page) -> None:
    await page.goto("/signup")
    for label, typed in (("Email", somebody()), ("Password", PASSWORD), ("Birth date", "05051990")):
        await tab_to(page, label)
        await page.keyboard.type(typed)
    await tab_to(page, "I ")
    await page.keyboard.press("Space")
    await tab_to(page, "Create my account")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="New video").wait_for()


async def test_next_leads_to_our_own_pages_only(page: Page, running: Product) -> None:
    await sign_up(page, somebody(), "//evil.test/studio")
    await page.wait_for_url(f"{running.base_url}/studio/new")


async def test_a_draft_is_there_again_after_a_reload(page: Page, tmp_path: Path) -> None:
    await sign_up(page, somebody(), "/studio/new")
    await page.wait_for_url("**/studio/new")
    await page.get_by_label("What is it called?").fill("Night Bus")
    await page.get_by_text("16:9", exact=True).click()
    await page.get_by_role("button", name="16", exact=True).click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await page.wait_for_url("**/studio/new?project=*")
    await page.reload()
    await expect(page.get_by_label("What is it called?")).to_have_value("Night Bus")
    await expect(page.get_by_label("16:9")).to_be_checked()
    await expect(page.get_by_role("slider", name="Bars")).to_have_attribute("aria-valuenow", "16")
    wrong = tmp_path / "song.txt"
    wrong.write_text("la la la")
    await page.locator("[data-kind=audio] input").set_input_files(wrong)
    await expect(page.get_by_text("Your track must be an MP3, WAV, FLAC, M4A or OGG file.")).to_be_visible()
    await page.get_by_role("button", name="Perform it").click()
    await expect(page.get_by_text("Choose a picture first")).to_be_visible()


async def test_what_is_typed_before_the_scripts_have_come_is_kept(page: Page) -> None:
    await sign_up(page, somebody())
    await page.get_by_text("No videos yet.").wait_for()
    typed = asyncio.Event()

    async def late(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/assets/*.js", late)
    await page.goto("/studio/new", wait_until="commit")
    name = page.get_by_label("What is it called?")
    await name.fill("Night Bus")
    typed.set()
    await page.wait_for_url("**/studio/new?project=*")
    await expect(name).to_have_value("Night Bus")
    await page.get_by_text("Saved", exact=True).wait_for()
    await page.reload()
    await expect(name).to_have_value("Night Bus")


async def test_a_refused_camera_is_explained_and_a_file_will_do(page: Page) -> None:
    await page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    await sign_up(page, somebody(), "/studio/new")
    await page.get_by_label("What is it called?").fill("Night Bus")
    await page.wait_for_url("**/studio/new?project=*")
    await page.goto(page.url.replace("/studio/new", "/studio/record"))
    await page.get_by_role("button", name="Turn the camera on").click()
    await expect(page.get_by_text("Allow both in the site settings")).to_be_visible()
    await expect(page.get_by_role("button", name="Bring a video instead")).to_be_visible()
