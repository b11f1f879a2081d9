"""Test clocks: a time of their own for some customers."""

from tests.fakes.stripe import due
from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters
from tests.fakes.stripe.problems import invalid

_KEPT_SECONDS = 30 * 86400


def create(books: Books, asked: Parameters) -> Object:
    now = books.now()
    clock = books.add(
        {
            "id": new_id("clock"),
            "object": "test_helpers.test_clock",
            "created": now,
            "deletes_after": now + _KEPT_SECONDS,
            "frozen_time": asked["frozen_time"],
            "livemode": False,
            "name": asked.get("name"),
            "status": "ready",
            "status_details": {},
        }
    )
    books.emit("test_helpers.test_clock.created", clock, now)
    return clock


def advance(books: Books, clock_id: str, asked: Parameters) -> Object:
    """Move the clock and do all that is due by then. The answer says that it is at work; by then it is done."""
    clock = books.get("test_helpers.test_clock", clock_id)
    target = asked["frozen_time"]
    if target <= clock["frozen_time"]:
        raise invalid("`frozen_time` must be after the clock's present time.", "frozen_time")
    now = books.now()
    clock.update(status="advancing", status_details={"advancing": {"target_frozen_time": target}})
    books.emit("test_helpers.test_clock.advancing", clock, now)
    answer = dict(clock)
    due.run(books, clock_id, target)
    clock.update(status="ready", status_details={}, frozen_time=target)
    books.emit("test_helpers.test_clock.ready", clock, now)
    return answer
