import asyncio

import pytest

from tests.accounts.conftest import ANA, bearer, post, rows, token_in
from vannilli_app.accounts import jobs, tokens


async def test_sign_up_sends_a_link_that_verifies_the_address_once(api, ana):
    [mail] = await post()
    assert (mail["To"], mail["Subject"]) == (ANA["email"], "Confirm your email")
    assert await rows("SELECT id FROM mails") == []
    token = token_in(mail)
    assert await rows("SELECT token_hash FROM one_time_links") == [(tokens.link_hash(token),)]
    first, second = [await api.post("/api/auth/verify", json={"token": token}) for _ in range(2)]
    assert (first.status_code, second.status_code, second.json()["code"]) == (204, 410, "link_expired")
    assert (await api.get("/api/auth/me", headers=bearer(ana))).json()["email_verified"]


async def test_a_link_sent_again_works_like_the_first(api, ana):
    assert (await api.post("/api/auth/verify/ask", headers=bearer(ana))).status_code == 202
    _, newer = await post()
    assert (await api.post("/api/auth/verify", json={"token": token_in(newer)})).status_code == 204
    assert await rows("SELECT id FROM one_time_links") == []


async def test_a_mail_has_text_and_html_and_the_link_in_both(api, ana):
    [mail] = await post()
    token = token_in(mail)
    assert f"/verify#{token}" in mail.get_body(("html",)).get_content()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == "Vannilli <no-reply@localhost>"


async def test_a_forgotten_password_is_chosen_anew(api, ana):
    await post()
    assert (await api.post("/api/auth/reset/ask", json={"email": ANA["email"]})).status_code == 202
    [mail] = await post()
    wanted = {"token": token_in(mail), "password": "a newer line of a song"}
    weak = await api.post("/api/auth/reset", json=wanted | {"password": "password123"})
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert (await api.post("/api/auth/reset", json=wanted)).status_code == 204
    assert (await api.post("/api/auth/reset", json=wanted)).status_code == 410
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 401
    signed_in = await api.post(
        "/api/auth/signin", json={"email": ANA["email"], "password": wanted["password"]}
    )
    assert signed_in.status_code == 200
    me = (await api.get("/api/auth/me", headers=bearer(signed_in.json()))).json()
    assert me["email_verified"]
    assert "Your password was changed" in [mail["Subject"] for mail in await post()]


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(api, ana):
    await post()
    known, unknown, nonsense = [
        await api.post("/api/auth/reset/ask", json={"email": email})
        for email in (ANA["email"], "nobody@example.com", "nobody")
    ]
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert nonsense.status_code == known.status_code
    assert [mail["To"] for mail in await post()] == [ANA["email"]]
    assert await rows("SELECT id FROM mails") == []


async def test_an_address_gets_a_few_mails_an_hour_and_the_answer_does_not_tell(api, ana):
    await post()
    answers = [await api.post("/api/auth/reset/ask", json={"email": ANA["email"]}) for _ in range(7)]
    assert {answer.status_code for answer in answers} == {202}
    assert len(await post()) == 5


async def test_an_expired_link_and_one_of_another_kind_are_refused(api, ana):
    [mail] = await post()
    other = await api.post(
        "/api/auth/reset", json={"token": token_in(mail), "password": "a newer line of a song"}
    )
    assert other.status_code == 410
    await rows("UPDATE one_time_links SET expires_at = now() RETURNING id")
    assert (await api.post("/api/auth/verify", json={"token": token_in(mail)})).status_code == 410
    assert not (await api.get("/api/auth/me", headers=bearer(ana))).json()["email_verified"]


async def test_of_two_uses_at_once_one_wins(api, ana):
    [mail] = await post()
    answers = await asyncio.gather(
        *(api.post("/api/auth/verify", json={"token": token_in(mail)}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 410]


@pytest.mark.parametrize("times", [1, 2])
async def test_a_job_that_runs_again_sends_nothing_again(api, ana, environment, times):
    [(mail_id,)] = await rows("SELECT id FROM mails")
    for _ in range(times):
        await jobs.send_mail(str(mail_id))
    assert [file.name for file in (environment.data_dir / "outbox").iterdir()] == [f"{mail_id}.eml"]
    assert len(await rows("SELECT id FROM one_time_links")) == 1
