import httpx

from vannilli_app import config
from vannilli_app.http_api import make_api


async def ask(path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_api()), base_url="http://api") as client:
        return await client.get(path)


async def test_whom_to_tell_of_a_weakness(bare_environment, monkeypatch):
    assert (await ask("/.well-known/security.txt")).status_code == 404
    for contact, line in {
        "security@vannilli.example": "Contact: mailto:security@vannilli.example\n",
        "https://vannilli.example/report": "Contact: https://vannilli.example/report\n",
    }.items():
        monkeypatch.setenv("SECURITY_CONTACT", contact)
        config.settings.cache_clear()
        answer = await ask("/.well-known/security.txt")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text.startswith(line)
        assert "\nExpires: 2" in answer.text
        assert answer.text.endswith(f"Canonical: {config.settings().base_url}/.well-known/security.txt\n")


async def test_the_privacy_signal_is_honoured(bare_environment):
    assert (await ask("/.well-known/gpc.json")).json()["gpc"] is True
