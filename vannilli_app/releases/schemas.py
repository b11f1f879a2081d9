"""A release kit as its owner sees it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class KitView(BaseModel):
    """How a video's kit stands; `none`: nobody asked for it yet. `progress` is 0 to 1. The link, to a ZIP of
    `size_bytes`, opens until `expires_at` (UTC)."""

    generation_id: UUID
    status: Literal["none", "pending", "ready", "failed"]
    progress: float = 0.0
    size_bytes: int | None = None
    download_url: str | None = None
    expires_at: datetime | None = None
