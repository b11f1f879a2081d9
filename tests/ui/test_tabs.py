"""Open pages by person."""

from uuid import uuid4

from vannilli_app.ui import tabs


def test_the_newest_pages_of_each_person_are_known() -> None:
    one, other = uuid4(), uuid4()
    for number in range(tabs.MOST_TABS + 5):
        tabs.note(one, f"page {number}")
    tabs.note(one, "page 6")
    tabs.note(other, "theirs")
    assert tabs.of(one) == [f"page {n}" for n in (5, *range(7, tabs.MOST_TABS + 5), 6)]
    assert tabs.of(other) == ["theirs"]
    assert {one, other} <= set(tabs.people())
    assert tabs.of(uuid4()) == []
