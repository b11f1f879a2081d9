"""A video that is being made in the running product: where it stands, and whether it came out right."""

import asyncio
import io
from dataclasses import dataclass
from typing import Any

import av
import psycopg
from psycopg.rows import DictRow, dict_row

from tests.artist import Artist
from tests.product import RENDERER, Product, eventually
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS

Owner = psycopg.Connection[DictRow]
WELCOME, COST = 3, 2
FRAMES = 36  # 1.2 s at 30
FILES = ["final.mp4", "preview.gif", "preview.mp4", "sound.wav", "thumbnail.jpg"]


@dataclass
class Video:
    """A generation of `artist`, seen through the API and, where that tells too little, in the database."""

    live: Product
    artist: Artist
    id: str
    task_id: str

    def owner(self) -> Owner:
        """A connection of the database's owner."""
        return psycopg.connect(self.live.database_url, row_factory=dict_row)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What the owner reads; `query` may name %(id)s and %(task)s."""
        with self.owner() as owner:
            return owner.execute(query, {"id": self.id, "task": self.task_id}).fetchall()

    @property
    def row(self) -> dict[str, Any]:
        return self.rows("SELECT * FROM generations WHERE id = %(id)s")[0]

    @property
    def renders(self) -> list[dict[str, Any]]:
        """The provider's tasks for this video."""
        return self.rows("SELECT * FROM local_renders WHERE starts_with(external_id, %(task)s)")

    def until_worked_on(self, stage: str) -> None:
        """Wait until a worker is in the midst of this stage."""
        if stage == "rendering":  # the renderer last: a short video's progress is first heard of when it ends
            found = eventually(
                lambda: self.row["stage"] == stage and self.live.children(RENDERER), within=120
            )
        else:
            found = eventually(lambda: (row := self.row)["stage"] == stage and row["claim"], within=120)
        assert found, self.row

    def until_a_query_waits(self, part: str) -> None:
        """Wait until a query with this in it waits for a lock."""
        waiting = (
            f"SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, '{part}') > 0"
        )
        assert eventually(lambda: self.rows(waiting), within=60)

    async def until_ended(self) -> dict[str, Any]:
        """How it stands at the end; server and database may be on their way back."""
        assert eventually(self.live.answers, within=60)
        return await self.artist.until_ended(self.task_id, within=180)

    async def comes_out_right(self) -> None:
        """Wait for the end: one video, made by one task of the provider, reserved and paid once."""
        ended = await self.until_ended()
        assert (ended["status"], ended["stage"], ended["error"]) == ("completed", "done", None)
        assert [(task["external_id"], task["status"]) for task in self.renders] == [
            (self.task_id, "completed")
        ]
        await self._is_paid_once()
        await self._is_whole()
        self._left_nothing_behind()

    async def credits(self) -> tuple[int, int, int]:
        """What the artist has, what of it is reserved, and what is left."""
        balance = await self.artist.balance()
        return balance["credits_remaining"], balance["reserved"], balance["available"]

    async def _is_paid_once(self) -> None:
        assert await self.credits() == (WELCOME, COST, WELCOME - COST)
        downloads = await asyncio.gather(*(self._download() for _ in range(3)))
        assert sorted(download["credits_deducted"] for download in downloads) == [0, 0, COST]
        assert await self.credits() == (WELCOME - COST, 0, WELCOME - COST)
        ledger = (await self.artist.http.get("/api/credits/ledger")).json()["items"]
        assert [line["amount"] for line in ledger] == [-COST, WELCOME]
        query = "SELECT amount, status FROM credit_reservations WHERE generation_id = %(id)s"
        assert self.rows(query) == [{"amount": COST, "status": "captured"}]

    async def _is_whole(self) -> None:
        link = (await self._download())["download_url"]
        content = (await self.artist.http.get(link)).content
        with av.open(io.BytesIO(content), "r") as container:
            assert sum(1 for _ in container.decode(video=0)) == FRAMES
            assert len(container.streams.audio) == 1

    def _left_nothing_behind(self) -> None:
        """Five files to keep; no file of the work, and no job that is still to be done."""
        assert not list((self.live.data / "scratch").glob("*/*"))
        files = self.live.data / "files"
        kept = files / FINAL_RENDERS / "videos" / self.id
        assert sorted(path.name for path in kept.iterdir()) == FILES
        assert eventually(
            lambda: (
                not [
                    p for p in (files / RAW_UPLOADS).rglob("*") if p.stem.startswith((self.id, self.task_id))
                ]
            )
        )
        waiting = (
            "SELECT FROM procrastinate_jobs WHERE status = 'todo' AND (position(%(id)s in args::text) > 0"
            " OR args->>'segment_id' IN (SELECT id::text FROM segments WHERE generation_id::text = %(id)s))"
        )
        assert eventually(lambda: not self.rows(waiting))

    async def _download(self) -> dict[str, Any]:
        answer = await self.artist.http.get(f"/api/download/{self.id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
