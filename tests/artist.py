"""An artist who works by the API alone: the shortest way through the product, for tests."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

TYPES = {
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".wav": "audio/wav",
    ".txt": "video/mp4",
}
PASSWORD = "a password of the tests"


@dataclass
class Artist:
    """A signed-in person; every method is one or a few calls of the API."""

    http: httpx.AsyncClient
    id: str

    @classmethod
    async def sign_up(cls, http: httpx.AsyncClient) -> Self:
        """A new account. `http` is theirs from now on."""
        answer = await http.post(
            "/api/auth/signup",
            json={
                "email": f"{uuid4()}@vannilli.test",
                "password": PASSWORD,
                "birth_date": "1990-01-01",
                "accept_terms": True,
            },
        )
        assert answer.status_code == 201, answer.text
        http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        return cls(http, answer.json()["user"]["id"])

    async def project(self, **values: Any) -> str:
        """A draft of one bar at 200, which takes 1.2 s."""
        wanted = {"track_name": "Test", "bpm": 200, "bars": 1, **values}
        answer = await self.http.post("/api/projects", json=wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def upload(self, project_id: str, **files: Path) -> None:
        """Upload files by kind, straight to the store."""
        assets = [
            {"kind": kind, "content_type": TYPES[path.suffix], "size_bytes": path.stat().st_size}
            for kind, path in files.items()
        ]
        for link in await self.links(project_id, assets):
            content = await asyncio.to_thread(files[link["kind"]].read_bytes)
            put = await self.http.request(
                link["method"],
                link["url"],
                content=content,
                headers=link["headers"] | {"authorization": ""},
            )
            assert put.status_code == 200, put.text

    async def send(self, project_id: str, kind: str, path: Path, **noted: Any) -> str:
        """Upload one file, with what a recorder noted of it, and have it looked at; its id."""
        content = await asyncio.to_thread(path.read_bytes)
        asset = {"kind": kind, "content_type": TYPES[path.suffix], "size_bytes": len(content), **noted}
        wanted = {"project_id": project_id, "assets": [asset]}
        (link,) = (await self.http.post("/api/upload-assets", json=wanted)).json()["uploads"]
        headers = link["headers"] | {"authorization": ""}
        assert (await self.http.put(link["url"], content=content, headers=headers)).status_code == 200
        checked = await self.http.post(f"/api/assets/{link['asset_id']}/check")
        assert checked.json()["asset"]["uploaded"], checked.text
        return str(link["asset_id"])

    async def links(self, project_id: str, assets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Where to put each of these files."""
        answer = await self.http.post("/api/upload-assets", json={"project_id": project_id, "assets": assets})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["uploads"]
        return found

    async def start(self, project_id: str, **values: Any) -> httpx.Response:
        """Start, with the rights attested."""
        headers = {"idempotency-key": values.pop("key")} if "key" in values else {}
        return await self.http.post(
            "/api/start-generation",
            json={"project_id": project_id, "rights_attested": True, **values},
            headers=headers,
        )

    async def status(self, task_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/api/poll-status/{task_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def until_ended(self, task_id: str, within: float = 120) -> dict[str, Any]:
        """Poll until the generation is completed or failed."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            found = await self.status(task_id)
            if found["status"] in ("completed", "failed"):
                return found
            await asyncio.sleep(0.2)
        raise AssertionError(f"still {found['status']}, {found['stage']} after {within} s")

    async def balance(self) -> dict[str, Any]:
        answer = await self.http.get("/api/credits/balance")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


NewArtist = Callable[[], Awaitable[Artist]]
