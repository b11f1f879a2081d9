"""A shown video in words, for pages, link previews and search engines."""

from vannilli_app.calculator.words import counted_bars, plain
from vannilli_app.showcase.schemas import Item


def by(item: Item) -> str:
    """ "Night Bus by @moon.band"."""
    return f"{item.title} by @{item.handle}"


def section(item: Item) -> str:
    """ "8 bars at 140 BPM"."""
    part = item.section
    return f"{counted_bars(part.bars)} at {plain(part.bpm)} BPM"


def description(item: Item) -> str:
    """ "8 bars at 140 BPM, a Hook: sung to a phone, performed by a character. Made with Vannilli."."""
    name = item.part_name
    article = "an" if name[0] in "AEIOU" else "a"
    return (
        f"{section(item)}, {article} {name}: sung to a phone, performed by a character. Made with Vannilli."
    )


def watched(item: Item) -> str:
    """ "watched 3 times"; empty while nobody has."""
    if not item.watches:
        return ""
    return f"watched {item.watches:,} time{'' if item.watches == 1 else 's'}"
