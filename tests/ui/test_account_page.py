"""The account page in a real browser: the second step, another device signed out, proof, a copy, and leaving."""

import re
import socket
import time
from uuid import uuid4

import psycopg
import pyotp
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.product import Product, eventually

pytestmark = [pytest.mark.e2e]

PHONE = ViewportSize(width=390, height=844)
PASSWORD = "a line of a song 7"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


async def sign_up(page: Page, email: str) -> None:
    await page.goto("/signup?next=/account")
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Birth date").fill("1990-05-05")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Create my account").click()
    await page.get_by_text("this one").wait_for()


async def turn_second_step_on(page: Page) -> tuple[pyotp.TOTP, str]:
    """The authenticator, and a recovery code."""
    await page.get_by_role("button", name="Turn it on").click()
    totp = pyotp.TOTP((await page.locator(".code-text").inner_text()).replace(" ", ""))
    await page.get_by_label("Code from the app").fill(totp.at(int(time.time()) - 30))
    await page.get_by_role("button", name="Turn it on").click()
    code = await page.locator(".codes li").first.inner_text()
    await page.get_by_role("button", name="I have kept them").click()
    await page.get_by_text("10 recovery codes are left").wait_for()
    return totp, code


def mailed(running: Product, page: str, email: str) -> str:
    """The token of the link to a page, from the mail to this person that has one."""
    link = re.compile(rf"/{page}#([\w-]+)")

    def found() -> list[str]:
        texts = [file.read_text().replace("=\n", "") for file in (running.data / "outbox").glob("*.eml")]
        return [match[1] for text in texts if email in text and (match := link.search(text))]

    assert eventually(found)
    return found()[-1]


KEEP_A_FILE = """async () => {
  const asked = indexedDB.open("vannilli", 3);  // the version and the stores of ui/browser/local_files.js
  asked.onupgradeneeded = () => {
    for (const name of ["files", "takes", "timings", "uploads", "drafts"]) asked.result.createObjectStore(name);
  };
  const database = await new Promise((done) => { asked.onsuccess = () => done(asked.result) });
  const change = database.transaction("files", "readwrite");
  change.objectStore("files").put("a track", "project/audio");
  await new Promise((done) => { change.oncomplete = done });
  database.close();
}"""
KEPT_FILES = """async () => {
  const opening = indexedDB.open("vannilli");
  const database = await new Promise((done) => { opening.onsuccess = () => done(opening.result) });
  if (!database.objectStoreNames.contains("files")) return 0;
  const asked = database.transaction("files").objectStore("files").count();
  return new Promise((done) => { asked.onsuccess = () => done(asked.result) });
}"""


async def test_an_account_from_its_first_mail_to_its_end(browser: Browser, running: Product) -> None:
    email = f"{uuid4()}@vannilli.test"
    context = await browser.new_context(base_url=running.base_url, viewport=PHONE)
    page = await context.new_page()
    await sign_up(page, email)
    await expect(page.get_by_text("not confirmed yet")).to_be_visible()
    await page.goto(f"/verify#{mailed(running, 'verify', email)}")
    await page.get_by_role("button", name="Confirm my email").click()
    await page.get_by_text("this one").wait_for()
    await expect(page.get_by_text("not confirmed yet")).to_have_count(0)
    totp, recovery = await turn_second_step_on(page)

    elsewhere = await browser.new_context(base_url=running.base_url, viewport=PHONE, user_agent=IPHONE)
    other = await elsewhere.new_page()
    await other.goto("/signin?next=/account")
    await other.get_by_label("Email").fill(email)
    await other.get_by_label("Password", exact=True).fill(PASSWORD)
    await other.get_by_role("button", name="Sign in").click()
    await other.get_by_label("Code from your authenticator app").fill(recovery)
    await other.get_by_role("button", name="Sign in").click()
    await other.get_by_text("this one").wait_for()
    await page.reload()
    await page.get_by_role("button", name="Sign out Safari on iPhone").click()
    await other.wait_for_url("**/signin?next=%2Faccount")  # by push: nobody touched that page

    with psycopg.connect(running.database_url, autocommit=True) as connection:
        connection.execute("UPDATE sessions SET proven_at = now() - interval '1 hour'")
    await page.get_by_role("button", name="Make a copy").click()
    code = page.get_by_label("Code from your app, or a recovery code")
    await code.fill("123")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_text("That code is not right").wait_for()
    await code.fill(totp.now())
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_text("It is being made").wait_for()

    await page.evaluate(KEEP_A_FILE)
    await page.get_by_text("Delete my account").first.click()
    await page.get_by_role("button", name="Delete my account").click()
    await page.get_by_role("button", name="Delete it").click()
    await page.wait_for_url(f"{running.base_url}/")
    assert await page.evaluate(KEPT_FILES) == 0
    await page.goto("/account")
    await page.wait_for_url("**/signin**")


async def test_a_forgotten_password_is_chosen_anew_by_mail(browser: Browser, running: Product) -> None:
    email = f"{uuid4()}@vannilli.test"
    context = await browser.new_context(base_url=running.base_url, viewport=PHONE)
    page = await context.new_page()
    await sign_up(page, email)
    await page.goto("/reset")
    await page.get_by_label("Email").fill(email)
    await page.get_by_role("button", name="Mail me the link").click()
    await page.get_by_text("the link is on its way").wait_for()
    token = mailed(running, "reset", email)
    await page.goto("about:blank")
    await page.goto(f"/reset#{token}")
    await page.get_by_label("New password").fill("password123")
    await page.get_by_role("button", name="Set the new password").click()
    await page.get_by_text("lists of leaked ones").wait_for()
    await page.get_by_label("New password").fill("a newer line of a song")
    await page.get_by_role("button", name="Set the new password").click()
    await page.wait_for_url("**/signin")


def test_a_websocket_opens_only_for_our_own_pages(running: Product) -> None:
    def answer(origin: str) -> bytes:
        """The status of a handshake from a page of `origin`."""
        with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
            connection.sendall(
                b"GET /_event/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: " + origin.encode() + b"\r\n\r\n"
            )
            return connection.recv(64).split()[1]

    assert answer(running.base_url) == b"101"
    assert answer("https://elsewhere.example") in (b"400", b"403")
