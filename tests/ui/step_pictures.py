"""Renews the pictures of the first page's three steps from the pages themselves, with the demo's inputs.

`python -m tests.ui.step_pictures` starts the product, walks from the form to the finished video and writes
assets/steps/video.webp, and of what has words in it assets/steps/{en,de}/{bars,perform}.webp.
"""

import asyncio
import tempfile
from pathlib import Path

import cv2
import numpy as np
from playwright.async_api import Locator, Page, ViewportSize

from tests import product
from tests.browser import FAKE_DEVICES, chromium
from vannilli_app import demo
from vannilli_app.config import ROOT
from vannilli_app.media import ffmpeg
from vannilli_app.words import LANGUAGES, SOURCE, _, at, language, speaking

SIZE = (640, 800)
PHONE = ViewportSize(width=390, height=844)
STEPS = ROOT / "assets" / "steps"


async def main(base_url: str, inputs: demo.Inputs, folder: Path) -> None:
    """Walk the way in every language and picture it; to the end once."""
    camera, microphone = folder / "camera.mjpeg", folder / "microphone.wav"
    await ffmpeg.run([*ffmpeg.source(inputs.performance.path), "-q:v", "3", "-f", "mjpeg", str(camera)])
    await ffmpeg.run([*ffmpeg.source(inputs.track.path), str(microphone)])
    files = (f"--use-file-for-fake-video-capture={camera}", f"--use-file-for-fake-audio-capture={microphone}")
    async with chromium(*FAKE_DEVICES, *files) as browser:
        for tag in LANGUAGES:
            context = await browser.new_context(
                viewport=PHONE,
                device_scale_factor=2,
                color_scheme="dark",
                permissions=["camera", "microphone"],
            )
            page = await context.new_page()
            with speaking(tag):
                await _to_the_take(page, base_url, inputs)
            if tag == SOURCE:
                await _to_the_video(page)
            await context.close()


async def _to_the_take(page: Page, base_url: str, inputs: demo.Inputs) -> None:
    await _sign_up(page, base_url)
    await page.get_by_label(_("What is it called?")).fill("Night Bus")
    await page.locator("[data-kind=audio] input").set_input_files(inputs.track.path)
    await page.locator("[data-kind=target_image] input").set_input_files(inputs.image)
    await page.get_by_text(_("Choose another")).nth(1).wait_for()
    await _picture(page.locator(".calculator"), f"{language()}/bars", inset=20)
    await page.get_by_role("button", name=_("Perform it")).click()
    await page.get_by_role("button", name=_("Turn the camera on")).click()
    await page.get_by_role("button", name=_("Record a take")).click()
    await page.get_by_text(_("Bar {bar} of {bars}", bar=2, bars=4)).wait_for()
    await _picture(page.locator(".camera"), f"{language()}/perform", bottom=True)


async def _to_the_video(page: Page) -> None:
    await page.get_by_role("checkbox").check(timeout=20_000)
    await page.get_by_role("button", name="Make the draft").click()
    await page.get_by_role("heading", name="There they go.").wait_for(timeout=300_000)
    await page.get_by_role("link", name="Get the video").click()
    await page.get_by_role("heading", name="It is yours.").wait_for()
    video = page.locator("video.player")
    await video.evaluate("video => { video.controls = false; video.currentTime = 2.8 }")
    await page.wait_for_timeout(1500)
    await _picture(video, "video", inset=-24)


async def _sign_up(page: Page, base_url: str) -> None:
    await page.goto(f"{base_url}{at('/signup')}?next={at('/studio/new')}%3Fbpm%3D120%26bars%3D4%26ts%3D4-4")
    await page.get_by_label(_("Email")).fill(f"steps-{language()}@vannilli.test")
    await page.get_by_label(_("Password"), exact=True).fill("a line of a song 7")
    await page.get_by_label(_("Birth date")).fill("1990-05-05")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name=_("Create my account")).click()
    await page.wait_for_url("**/studio/new**")


async def _picture(what: Locator, name: str, *, inset: int = 0, bottom: bool = False) -> None:
    """A 4:5 picture with `inset` px round the element, from its top or up to its `bottom`; as wide as it is."""
    await what.evaluate("element => element.scrollIntoView({ block: 'start' })")
    await what.page.evaluate("scrollBy(0, -120)")
    box = await what.bounding_box()
    assert box
    width = box["width"] + 2 * inset
    height = width * SIZE[1] / SIZE[0]
    top = box["y"] + box["height"] - height if bottom else box["y"] - inset
    shot = await what.page.screenshot(
        clip={"x": box["x"] - inset, "y": top, "width": width, "height": height},
        style=".price-line { visibility: hidden }",
    )
    whole = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
    assert whole is not None
    image = cv2.resize(whole, SIZE, interpolation=cv2.INTER_AREA)
    file = STEPS / f"{name}.webp"
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), image, [cv2.IMWRITE_WEBP_QUALITY, 82])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary, product.running(Path(temporary)) as running:
        made = demo.write(Path(temporary) / "demo", bpm=120, bars=4)
        asyncio.run(main(running.base_url, made, Path(temporary)))
