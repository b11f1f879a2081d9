"""Many people on many machines: `python -m tests.bench.many [--sockets 500] [--rate 200] [--seconds 300] [--roll]`.

Servers and workers with Redis, PostgreSQL and an S3 store, behind the proxy that is deployed. Pages stay open, requests
go out at fixed instants, and videos of random people move on; each of their pages has to hear of it. `--roll` restarts
every server and worker under the load, each while a real video is being made. `--servers 1 2 3` shows the growth.
Traffic stays on loopback. It prints figures and ends with 1 when a request failed (after one retry), a page never
heard, or a video was lost or made twice.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

import httpx
import psycopg
import uvloop

from tests.artist import Artist
from tests.bench import fleet
from tests.bench.crowd import TABS, Found, Load
from tests.bench.figures import percentile
from vannilli_app import demo

OPENED_A_SECOND = 40
OPEN_SECONDS = 300  # that all pages may take to open
VIDEO_SECONDS = 300
SETTLE_LOOKS, LOOK_SECONDS = 30, 2.0
CALM = 0.15  # of a core, of all servers together
COST = 2  # credits of a video of 1.2 s, of the three that everybody has
MADE = "SELECT external_id, status FROM local_renders WHERE starts_with(external_id, %s)"


async def measure(running: fleet.Fleet, folder: Path, given: argparse.Namespace) -> Found:
    """Put the load on for so many seconds."""
    load = Load(running.base_url, running.database_url)
    await load.gather_people(max(given.sockets // TABS, 1))
    await load.record()
    ready, opened = asyncio.Event(), 0

    def note() -> None:
        nonlocal opened
        opened += 1
        if opened == given.sockets:
            ready.set()

    pages = [
        asyncio.create_task(
            load.keep_page_open(load.people[number % len(load.people)], note, after=number / OPENED_A_SECOND)
        )
        for number in range(given.sockets)
    ]
    try:
        await asyncio.wait_for(ready.wait(), OPEN_SECONDS)
        await _settle(running)
        before, began = running.cpu(), time.monotonic()
        work: list[Awaitable[None]] = [
            load.ask(given.rate, given.seconds),
            load.move_videos(given.seconds),
        ]
        if given.roll:
            work.append(roll(running, folder, load.found))
        await asyncio.gather(*work)
        took = time.monotonic() - began
        load.found.cores = {
            name: (spent - before.get(name, 0.0)) / took for name, spent in running.cpu().items()
        }
    finally:
        load.over = True
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
        await load.close()
    return load.found


async def _settle(running: fleet.Fleet) -> None:
    """Wait until the servers have told the pages all that they show: to open a page costs more than any request."""
    spent = running.of_servers()
    for _ in range(SETTLE_LOOKS):
        await asyncio.sleep(LOOK_SECONDS)
        before, spent = spent, running.of_servers()
        if spent - before < CALM * LOOK_SECONDS:
            return


async def roll(running: fleet.Fleet, folder: Path, found: Found) -> None:
    """Restart one part after the other, each in the midst of a video, and see that every video was made once."""
    inputs = await asyncio.to_thread(
        demo.write, folder / "inputs", bpm=100, bars=1, image_size=(540, 960), clip_size=(360, 640)
    )
    begun = []
    for part in (*running.servers, *running.workers):
        async with httpx.AsyncClient(base_url=running.base_url, timeout=60) as http:
            artist = await Artist.sign_up(http)
            headers = http.headers
            project = await artist.project()
            await artist.upload(
                project,
                driver_video=inputs.performance.path,
                target_image=inputs.image,
                audio=inputs.track.path,
            )
            started = (await artist.start(project, provider="priced")).json()
        begun.append((headers, started["internal_task_id"], started["generation_id"]))
        await asyncio.sleep(1)
        await asyncio.to_thread(part.restart)
        found.restarted.append(part.name)
        _say(f"  restarted {part.name}")
    for headers, task, video in begun:
        async with httpx.AsyncClient(base_url=running.base_url, headers=headers, timeout=60) as http:
            found.wrong += await _faults(running.database_url, Artist(http, ""), task, video)
            found.made += 1


async def _faults(database_url: str, artist: Artist, task: str, video: str) -> list[str]:
    """What is not right about a video at its end: it is there, made by one task, and paid once."""
    ended = await artist.until_ended(task, within=VIDEO_SECONDS)
    async with await psycopg.AsyncConnection.connect(database_url) as owner:
        tasks = await (await owner.execute(MADE, [task])).fetchall()
    downloads = [await artist.http.get(f"/api/download/{video}") for _ in range(2)]
    paid = [answer.json().get("credits_deducted") for answer in downloads]
    found = {
        f"ended as {ended['status']}": ended["status"] == "completed",
        f"tasks {tasks}": tasks == [(task, "completed")],
        f"paid {paid}": paid == [COST, 0],
    }
    return [f"{task} {what}" for what, right in found.items() if not right]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.many", description="Many people, many machines."
    )
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument(
        "--servers", type=int, nargs="+", default=[2], help="how many; several: one after the other"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--roll", action="store_true", help="restart every part under the load")
    given = parser.parse_args()
    return max([_measure_with(servers, given) for servers in given.servers])


def _measure_with(servers: int, given: argparse.Namespace) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="vannilli-many-") as name,
        fleet.running(Path(name), servers=servers, workers=given.workers) as running,
    ):
        found = uvloop.run(measure(running, Path(name), given))
    _report(found, servers, given)
    return 1 if found.errors or found.unheard or found.wrong else 0


def _report(found: Found, servers: int, given: argparse.Namespace) -> None:
    _say(
        f"{given.sockets} pages, {given.rate:g} requests/s for {given.seconds:g} s on {servers} servers,"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for name, samples, goal in (
        ("API", found.latencies, "p99 < 100 ms"),
        ("push", found.pushes, "p95 <= 250 ms"),
    ):
        if len(samples) > 1:
            shown = ", ".join(
                f"p{percent} {1000 * percentile(samples, percent):.0f} ms" for percent in (50, 95, 99)
            )
            _say(f"{name}: {len(samples)} times, {shown} (goal: {goal})")
    _say(
        f"errors {len(found.errors)} {sorted(set(found.errors))[:3]}, retried {found.retried}, pages that did not hear"
        f" {found.unheard}, reconnected {found.reconnects}"
    )
    if given.roll:
        _say(
            f"restarted {', '.join(found.restarted)}; {found.made} videos meanwhile, wrong: {found.wrong or 'none'}"
        )
    shares = ", ".join(f"{name} {cores:.2f}" for name, cores in found.cores.items())
    _say(f"cores used: {shares}; together {sum(found.cores.values()):.2f}")
    of_servers = sum(cores for name, cores in found.cores.items() if name.startswith("server"))
    _say(f"a core of a server for {given.rate / of_servers:.0f} requests/s, telling the pages beside")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
