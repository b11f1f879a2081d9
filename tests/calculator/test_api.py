from collections.abc import AsyncIterator

import httpx
import pytest

from vannilli_app.http_api import make_api

URL = "/api/calculate-duration"


@pytest.fixture
async def api(database) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_api()), base_url="http://api") as client:
        yield client


async def test_a_visitor_learns_length_name_and_the_artist_price(api):
    answer = await api.post(URL, json={"bpm": 140, "bars": 8})
    assert answer.status_code == 200
    assert answer.json() == {
        "bpm": 140,
        "bars": 8,
        "time_signature": "4/4",
        "beat_unit": "quarter",
        "exact_seconds": 96 / 7,
        "billed_seconds": 14,
        "part_name": "Hook",
        "beats": 32,
        "within_limit": True,
        "cost": {"credits": 14, "dollars": 3.5, "tier": "artist"},
    }


@pytest.mark.parametrize(
    ("question", "exact", "billed"),
    [
        ({"bpm": 180, "bars": 8, "time_signature": "3/4"}, 8, 8),
        ({"bpm": "93.5", "bars": "8.5"}, 4080 / 187, 22),
        ({"bpm": 120, "bars": 1, "time_signature": "12/8", "beat_unit": "dotted_quarter"}, 2, 2),
        ({"bpm": 120, "bars": 1, "time_signature": "7/8", "beat_unit": "denominator"}, 3.5, 4),
    ],
)
async def test_metres_and_what_the_tempo_counts(api, question, exact, billed):
    answer = (await api.post(URL, json=question)).json()
    assert (answer["exact_seconds"], answer["billed_seconds"]) == (exact, billed)


async def test_a_section_longer_than_the_limit_is_told_so(api):
    answer = (await api.post(URL, json={"bpm": 60, "bars": 32, "time_signature": "7/4"})).json()
    assert (answer["billed_seconds"], answer["within_limit"]) == (224, False)


@pytest.mark.parametrize(("bars", "sufficient", "after"), [(8, False, -11), (1, True, 1)])
async def test_who_is_signed_in_learns_whether_their_credits_do(api, bars, sufficient, after):
    someone = {
        "email": "ana@example.com",
        "password": "three words in a row",
        "birth_date": "1990-05-17",
        "accept_terms": True,
    }
    await api.post("/api/auth/signup", json=someone)
    cost = (await api.post(URL, json={"bpm": 140, "bars": bars})).json()["cost"]
    assert (cost["tier"], cost["sufficient_credits"], cost["credits_after"]) == ("artist", sufficient, after)


async def test_a_session_that_has_ended_makes_a_visitor_and_no_error(api):
    answer = await api.post(
        URL, json={"bpm": 140, "bars": 8}, headers={"authorization": "Bearer of.old.tokens"}
    )
    assert answer.status_code == 200
    assert "credits_after" not in answer.json()["cost"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"bpm": 59}, "bpm_out_of_range"),
        ({"bpm": 201}, "bpm_out_of_range"),
        ({"bpm": 93.5001}, "bpm_out_of_range"),
        ({"bpm": True}, "validation_error"),
        ({"bars": 0}, "bars_out_of_range"),
        ({"bars": 33}, "bars_out_of_range"),
        ({"bars": 8.25}, "bars_out_of_range"),
        ({"time_signature": "4/3"}, "invalid_time_signature"),
        ({"time_signature": "waltz"}, "invalid_time_signature"),
        ({"time_signature": 44}, "validation_error"),
        ({"beat_unit": "whole"}, "validation_error"),
        ({"bpm": "fast"}, "validation_error"),
        ({"bars": None}, "validation_error"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_code(api, changed, code):
    answer = await api.post(URL, json={"bpm": 140, "bars": 8} | changed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"].endswith(".")
