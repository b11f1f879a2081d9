"""The command line: the parts alone, and what an operator does. `vannilli`, or `python -m vannilli_app.cli`.

A command that fails says one sentence on stderr and ends with status 1. Heavy parts are imported by the command that
needs them, so that the others start at once.
"""

import asyncio
import os
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import SecretStr, ValidationError
from typer.core import TyperGroup

from vannilli_app.cli_admin import admin_app
from vannilli_app.cli_backup import backup, restore
from vannilli_app.cli_database import as_the_service, database_url, this_process_has_a_database
from vannilli_app.cli_money import credits_app, stripe_app
from vannilli_app.cli_storage import storage_app
from vannilli_app.cli_words import Json, show
from vannilli_app.config import ROOT, Settings, settings
from vannilli_app.errors import Invalid, VannilliError
from vannilli_app.music.tempo import BeatUnit, Section


class Sentences(TyperGroup):
    """Commands whose errors are sentences, not stacks."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ValidationError as error:
            sentence = " ".join(found["msg"].removeprefix("Value error, ") for found in error.errors())
        except VannilliError as error:
            sentence = error.message
        typer.echo(sentence, err=True)
        raise typer.Exit(1)


app = typer.Typer(
    name="vannilli",
    cls=Sentences,
    help="Music videos in a musician's terms.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(admin_app, name="admin")
app.add_typer(credits_app, name="credits")
app.add_typer(stripe_app, name="stripe")
app.add_typer(storage_app, name="storage")
app.command()(backup)
app.command()(restore)


@app.command()
def duration(
    bpm: Annotated[str, typer.Argument(help="60 to 200, up to three decimals.")],
    bars: Annotated[str, typer.Argument(help="1 to 32, in halves.")],
    time_signature: Annotated[str, typer.Option(help="Such as 4/4 or 7/8.")] = "4/4",
    beat_unit: Annotated[BeatUnit, typer.Option(help="The note that the BPM counts.")] = BeatUnit.QUARTER,
    as_json: Json = False,
) -> None:
    """How long a section lasts and what it is billed as."""
    section = Section.parse(bpm, bars, time_signature, beat_unit)
    exact = float(section.exact_seconds)
    found = {
        "bpm": float(section.bpm),
        "bars": float(section.bars),
        "time_signature": section.meter.time_signature,
        "beat_unit": section.meter.beat_unit,
        "exact_seconds": exact,
        "billed_seconds": section.billed_seconds,
        "part_name": section.part_name,
        "beats": float(section.beats),
    }
    words = (
        f"{section.part_name}: {bars} bars at {bpm} last {exact:.3f} s, billed as {section.billed_seconds} s."
    )
    show(found, words, as_json)


@app.command()
def probe(file: Path, as_json: Json = False) -> None:
    """What a file is, or why it is refused."""
    from vannilli_app.media.probe import probe_now

    info = asdict(probe_now(_existing(file)))
    found = {name: float(value) if isinstance(value, Fraction) else value for name, value in info.items()}
    show(found, ", ".join(f"{name} {value}" for name, value in found.items() if value), as_json)


@app.command()
def tempo(
    track: Path,
    beats_per_bar: Annotated[int, typer.Option(min=1, max=12, help="Of the time signature.")] = 4,
    as_json: Json = False,
) -> None:
    """The tempo of a TRACK, and where its beats and bars begin, in seconds."""
    from vannilli_app.media.beats import beats_of

    found = asyncio.run(beats_of(_existing(track), beats_per_bar))
    others = " or ".join(f"{bpm:g}" for bpm in found.alternatives)
    words = f"{found.bpm:g} BPM ({found.confidence:.0%} sure), the first bar at {found.downbeats[0]:.3f} s."
    show(asdict(found), f"{words} It may be counted as {others}." if others else words, as_json)


@app.command()
def align(track: Path, performance: Path, as_json: Json = False) -> None:
    """Where the TRACK begins in the PERFORMANCE that was recorded to it."""
    from vannilli_app.media import sync

    found = asyncio.run(sync.align(_existing(track), _existing(performance)))
    shown = {
        "offset_ms": round(1000 * found.seconds, 3),
        "confidence": found.confidence,
        "method": found.method,
        "drift_ppm": round(1e6 * found.drift, 1),
    }
    heard = f"The track begins {shown['offset_ms']:g} ms into the performance ({found.confidence:.0%} sure)."
    not_heard = "The track cannot be heard in the performance: the recorder's clock decides."
    show(shown, heard if found.method == "bleed" else not_heard, as_json)


@app.command()
def animate(
    image: Path,
    driver: Path,
    out: Path,
    bpm: Annotated[float | None, typer.Option(help="The camera plays along.")] = None,
    accent: Annotated[
        float | None,
        typer.Option(help="How strongly, 0 to 1; a face keeps still unless asked.", min=0, max=1),
    ] = None,
    mouth: Annotated[
        Literal["auto", "filmed", "drawn"],
        typer.Option(help="Between the lips: the performer's own mouth, or a drawn one."),
    ] = "auto",
    face: Annotated[
        str | None, typer.Option(help="Which face of the picture: X,Y, each 0 to 1, from the upper left.")
    ] = None,
    performer: Annotated[str | None, typer.Option(help="Which face of the clip, likewise.")] = None,
    audio: Annotated[Path | None, typer.Option(help="The sound of the result.")] = None,
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "720x1280",
    draft: Annotated[
        bool, typer.Option("--draft", help="Faster, with 480 pixels on its shorter side.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let the picture IMAGE perform the clip DRIVER; the result is the MP4 OUT.

    Of several faces the largest performs, and the largest is moved, unless others are named.
    """
    sides, at, by = _size(size), _place(face), _place(performer)
    for given in (image, driver, *([audio] if audio else [])):
        _existing(given)
    if not out.absolute().parent.is_dir():
        raise Invalid(f"There is no folder {out.parent}. Make it first.")
    from vannilli_app.engine.animate import animate as perform

    made = perform(
        image, driver, out, size=sides, bpm=bpm, accent=accent, mouth=mouth, face=at, performer=by,
        audio=audio, draft=draft, on_progress=_progress,
    )  # fmt: skip
    words = f"{made.seconds:.3f} s at {made.realtime_factor:.2f} times real time, as a {made.mode}: {out}"
    show(asdict(made), words, as_json)


@app.command()
def providers(
    order: Annotated[str | None, typer.Option(help="Who is tried first: names with commas.")] = None,
    off: Annotated[str | None, typer.Option(help='Who is switched off: names with commas, or "".')] = None,
    as_json: Json = False,
) -> None:
    """Show who can make videos here, best first; change the order, or switch some off, while it runs."""
    with database_url() as url:
        found = asyncio.run(_offers(url, _names(order), _names(off)))
    lines = [f"{one['provider']:<10} {one['label']:<18} {one['why_not'] or 'offered'}" for one in found]
    show({"providers": found}, "\n".join(lines), as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Try every setting against the live service, and say what to do. The exit status is 1 when something is wrong."""
    from vannilli_app.doctor import examine

    with this_process_has_a_database():
        found = asyncio.run(examine(settings()))
    lines = [f"{'ok  ' if one.well else 'WRONG'} {one.setting:<22} {one.sentence}" for one in found]
    show({"findings": [asdict(one) for one in found]}, "\n".join(lines), as_json)
    if not all(one.well for one in found):
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    from vannilli_app import db

    with database_url() as url:
        db.migrate(url)
    typer.echo("The tables are up to date.")


@app.command()
def worker() -> None:
    """Do the long work, beside a server with the same settings, until Ctrl-C."""
    if not settings().database_url:
        raise Invalid("Set DATABASE_URL to the server's database, or take `vannilli run`, which starts both.")
    from vannilli_app import logs, sentry, tracing
    from vannilli_app.worker import main as work

    logs.configure(settings().log_level)
    sentry.configure(settings())
    tracing.configure(settings(), "vannilli-worker")
    asyncio.run(work())


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; the proxy's network.")] = "0.0.0.0",  # noqa: S104
) -> None:
    """Serve API and pages at PORT, beside workers with the same settings, until SIGTERM."""
    if not settings().database_url:
        raise Invalid("Set DATABASE_URL to the workers' database, or take `vannilli run`, which starts all.")
    from vannilli_app.run import server_command

    os.execv(sys.executable, [sys.executable, *server_command(host, settings().port)])  # noqa: S606


@app.command()
def run() -> None:
    """Start everything on this machine, until Ctrl-C."""
    from vannilli_app.run import main as start

    raise typer.Exit(start())


@app.command("settings-table")
def show_settings_table() -> None:
    """The README's table of settings, in Markdown."""
    typer.echo(settings_table())


def settings_table() -> str:
    """Every setting with its default and what it does, as a Markdown table."""
    rows = [("Variable", "Default", "What it does"), ("---", "---", "---")]
    for name, field in Settings.model_fields.items():
        rows.append((f"`{name.upper()}`", _default(field.default), field.description or ""))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _default(value: Any) -> str:
    if isinstance(value, Path):
        value = value.relative_to(ROOT)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value in ("", None) else f"`{value}`"


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise Invalid(f"There is no file {file}. Check its name.")
    return file


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{2,4})x([0-9]{2,4})", text)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (64 <= width <= 4096 and 64 <= height <= 4096) or width % 2 or height % 2:
        raise Invalid(f"{text} is not a size. Give even sides from 64 to 4096, such as 720x1280.")
    return width, height


def _place(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(0|1|0?\.[0-9]+),(0|1|0?\.[0-9]+)", text)
    if not match:
        raise Invalid(f"{text} is not a place. Give two numbers from 0 to 1, such as 0.7,0.3.")
    return float(match[1]), float(match[2])


def _names(given: str | None) -> list[str] | None:
    return None if given is None else [name.strip() for name in given.split(",") if name.strip()]


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done / total:4.0%}", err=True, nl=done >= total)


async def _offers(url: str, order: list[str] | None, off: list[str] | None) -> list[dict[str, Any]]:
    """What is offered, after the order and what is off were set where they are given."""
    from vannilli_app.generations import offers, provider_queries

    now = datetime.now(UTC)
    async with as_the_service(url) as session:
        known = {one.provider for one in await offers.offers(session, now)}
        if strange := {*(order or []), *(off or [])} - known:
            raise Invalid(f"There is no {', '.join(sorted(strange))} here, only {', '.join(sorted(known))}.")
        for name, value in ((offers.ORDER, order), (offers.OFF, off)):
            if value is not None:
                await provider_queries.set_run_setting(session, name, value, now)
        return [asdict(one) for one in await offers.offers(session, now)]


if __name__ == "__main__":
    app()
