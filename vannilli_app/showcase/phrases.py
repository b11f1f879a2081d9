"""A shown video in words, for pages, link previews and search engines."""

from vannilli_app.calculator.words import counted_bars, plain
from vannilli_app.showcase.schemas import Item
from vannilli_app.words import N_, _, ngettext, number, whole

_PERFORMED = {
    "Short Hook": N_(
        "{section}, a Short Hook: sung to a phone, performed by a character. Made with Vannilli."
    ),
    "Hook": N_("{section}, a Hook: sung to a phone, performed by a character. Made with Vannilli."),
    "Verse": N_("{section}, a Verse: sung to a phone, performed by a character. Made with Vannilli."),
    "Full Verse": N_(
        "{section}, a Full Verse: sung to a phone, performed by a character. Made with Vannilli."
    ),
    "Extended Section": N_(
        "{section}, an Extended Section: sung to a phone, performed by a character. Made with Vannilli."
    ),
}
_PARTS = {
    "Short Hook": N_("Short Hook"),
    "Hook": N_("Hook"),
    "Verse": N_("Verse"),
    "Full Verse": N_("Full Verse"),
    "Extended Section": N_("Extended Section"),
}


def by(item: Item) -> str:
    """ "Night Bus by @moon.band"."""
    return _("{title} by @{handle}", title=item.title, handle=item.handle)


def part(name: str) -> str:
    """The name of a part, such as "Full Verse"."""
    return _(_PARTS[name])


def section(item: Item) -> str:
    """ "8 bars at 140 BPM"."""
    of = item.section
    return _("{bars} at {bpm} BPM", bars=counted_bars(of.bars), bpm=number(plain(of.bpm)))


def description(item: Item) -> str:
    """ "8 bars at 140 BPM, a Hook: sung to a phone, performed by a character. Made with Vannilli."."""
    return _(_PERFORMED[item.part_name], section=section(item))


def watched(item: Item) -> str:
    """ "watched 3 times"; empty while nobody has."""
    if not item.watches:
        return ""
    return ngettext("watched {count} time", "watched {count} times", item.watches, count=whole(item.watches))
