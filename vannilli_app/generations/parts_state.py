"""The parts of a finished video, as its pages show them. `push` has them read again."""

from dataclasses import dataclass
from math import floor
from uuid import uuid4

import reflex as rx

from vannilli_app import routes
from vannilli_app.accounts.state import client_of, person_of
from vannilli_app.errors import NotFound, VannilliError
from vannilli_app.generations import parts
from vannilli_app.generations.schemas import PartsView, PartView
from vannilli_app.generations.state import generation_in, price_of
from vannilli_app.words import _, at


@dataclass
class PartRow:
    """A part in words: its bars, where it is in the video, and what it costs to make again."""

    number: int
    bars: str
    time: str
    button: str


class PartsState(rx.State):
    """Which parts the video that the address names was made in; none where there is nothing to choose from."""

    rows: list[PartRow] = []  # noqa: RUF012 (Reflex copies it for each page)
    why_not: str = ""
    starting: int = 0  # the part that was just chosen
    refusal: str = ""
    _order: str = ""  # of this visit: a second tap is the same order, a second visit another one

    @rx.event
    async def load(self):
        """Show them."""
        self.starting, self.refusal, self._order = 0, "", uuid4().hex
        await self.read_again()

    async def read_again(self) -> None:
        """Read them as the person whose page this is."""
        identity = await person_of(self)
        wanted = generation_in(self)
        self.rows, self.why_not = [], ""
        if identity is None or wanted is None:
            return
        try:
            found = await parts.look(identity.user_id, wanted)
        except NotFound:
            return
        if found.finished and len(found.parts) > 1:
            self.rows = _rows(found, identity.tier)
            self.why_not = found.why_not

    @rx.event
    async def make_again(self, number: int):
        """Have one part made again, with its price set aside, and go and watch it."""
        self.starting, self.refusal = number, ""
        yield
        identity = await person_of(self)
        wanted = generation_in(self)
        if identity is None or wanted is None:
            return
        try:
            started = await parts.make_again(
                identity.user_id, wanted, number, client_of(self), f"{self._order}:part-{number}"
            )
        except VannilliError as error:
            self.refusal, self.starting = error.message, 0
            return
        yield rx.redirect(at(routes.studio_preview(started.id)))


def _rows(found: PartsView, tier: str) -> list[PartRow]:
    rows, since = [], 0.0
    for part in found.parts:
        bars = words_of(part, found.beats_per_bar, last=part is found.parts[-1])
        button = _("Make {bars} again · {price}", bars=bars, price=price_of(part.cost_credits, tier))
        until = since + part.exact_seconds
        rows.append(
            PartRow(
                part.number,
                bars[0].upper() + bars[1:],
                f"{_clock(since)} \N{EN DASH} {_clock(until)}",
                button,
            )
        )
        since = until
    return rows


def words_of(part: PartView, beats_per_bar: float, *, last: bool) -> str:
    """The bars of a part as a musician says them. The half bar that a section may end with is a bar of its own; what
    was cut within a bar is told by its beats."""
    end = part.end_bar if not last else float(-floor(-part.end_bar))
    if part.first_bar % 1 or end % 1:
        (bar, beat), (end_bar, end_beat) = (
            _beat(line, beats_per_bar) for line in (part.first_bar, part.end_bar)
        )
        return _(
            "bar {bar}, beat {beat} to bar {end_bar}, beat {end_beat}",
            bar=bar,
            beat=beat,
            end_bar=end_bar,
            end_beat=end_beat,
        )
    first, final = int(part.first_bar), int(end) - 1
    return (
        _("bar {n}", n=first)
        if first == final
        else _("bars {first}\N{EN DASH}{last}", first=first, last=final)
    )


def _beat(line: float, beats_per_bar: float) -> tuple[int, int]:
    bar = floor(line + 1e-9)
    return bar, round((line - bar) * beats_per_bar) + 1


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
