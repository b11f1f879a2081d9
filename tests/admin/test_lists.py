"""The admin's lists are read page by page."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg.types.json import Jsonb

from tests.people import insert
from vannilli_app.admin.events import PAGE

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["videos", "people", "reports", "payment-events", "audit"])
@pytest.mark.parametrize("cursor", ["no cursor", "bm8gY3Vyc29y", "MjAyNi0wMy0wNFQxMjowMDowMA"])
async def test_a_broken_page_link_is_said(admin, name: str, cursor: str) -> None:
    answer = await admin.http.get(f"/api/admin/{name}", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_payment_events_are_named_by_the_service_and_read_to_the_last(admin, owner) -> None:
    for number in range(PAGE + 2):  # two arrive at a time
        at = NOW + timedelta(seconds=number // 2)
        insert(owner, "payment_events", id=f"evt_{number:03}", type="test", payload=Jsonb({}),
               created_at=at, received_at=at)  # fmt: skip
    seen, cursor = [], {}
    for _ in range(2):
        page = (await admin.http.get("/api/admin/payment-events", params=cursor)).json()
        seen += [event["id"] for event in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [f"evt_{number:03}" for number in reversed(range(PAGE + 2))]
    assert page["next_cursor"] is None
