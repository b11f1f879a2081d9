"""Kling's legacy standard, for accounts that have an access key and a secret key instead of an API key."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import jwt

from vannilli_app.providers.base import Billed, ProviderTask, VideoRequest
from vannilli_app.providers.kling import CAPABILITIES, KlingApi, amount_of, as_task, code_of, first_url

MODEL = "kling-v2-6"
UNKNOWN_TASK = 1201  # unverified: seen by others, not documented
TOKEN_SECONDS = 1800
TOKEN_EARLIER_SECONDS = 5  # Kling's clock may be behind ours


class KlingLegacy(KlingApi):
    """`base_url` may end with `/v1`, as that of this standard is often given."""

    path = "/v1/videos/motion-control"
    id_field = "task_id"

    def __init__(self, access_key: str, secret_key: str, base_url: str, webhook_secret: str = "") -> None:
        def headers() -> dict[str, str]:
            return {"Authorization": f"Bearer {token(access_key, secret_key, int(time.time()))}"}

        host = base_url.rstrip("/").removesuffix("/v1")
        super().__init__(headers, host, webhook_secret, replace(CAPABILITIES, batch=1))

    def submission(self, request: VideoRequest) -> dict[str, Any]:
        prompted = {"prompt": request.prompt} if request.prompt else {}
        called_back = {"callback_url": request.callback_url} if request.callback_url else {}
        return {
            "model_name": MODEL,
            **prompted,
            "image_url": request.target_image_url,
            "video_url": request.driver_video_url,
            "keep_original_sound": "no",
            "character_orientation": request.character_orientation,
            "mode": "pro" if request.mode == "pro" else "std",
            "watermark_info": {"enabled": False},
            **called_back,
            "external_task_id": request.external_id,
        }

    async def find(self, external_id: str) -> ProviderTask | None:
        found = await self._look(external_id)
        return found if found and found.external_id == external_id else None

    async def check_status(self, task_ids: list[str]) -> dict[str, ProviderTask]:
        looks = [await self._look(task_id) for task_id in task_ids]
        return {task.task_id: task for task in looks if task}

    def read(self, told: Mapping[str, Any]) -> ProviderTask:
        info, result = (_part(told, name) for name in ("task_info", "task_result"))
        units = amount_of(told.get("final_unit_deduction"))
        return as_task(
            told["task_id"],
            told.get("task_status"),
            external_id=info.get("external_task_id"),
            video_url=first_url(result.get("videos")),
            words=told.get("task_status_msg"),
            billed=None if units is None else Billed(units, "units", None),
        )

    async def _look(self, either_id: str) -> ProviderTask | None:
        """One task, by its id or by ours; None when Kling does not know it."""
        answer = await self._http.call("GET", f"{self.path}/{quote(either_id, safe='')}")
        if code_of(answer) == UNKNOWN_TASK:
            return None
        return next(iter(self._tasks(answer)), None)


def token(access_key: str, secret_key: str, now: int) -> str:
    """What a call is signed in with, half an hour long."""
    claims = {"iss": access_key, "exp": now + TOKEN_SECONDS, "nbf": now - TOKEN_EARLIER_SECONDS}
    return jwt.encode(claims, secret_key, algorithm="HS256")


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}
