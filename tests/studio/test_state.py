"""How a project stands, in words, and where its next step is."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from vannilli_app.studio.schemas import LatestGeneration, ProjectView
from vannilli_app.studio.state import _row

GENERATION = UUID(int=5)  # the same in every process: it stands in names of tests


def project(*, has_image: bool = False, status: str | None = None) -> ProjectView:
    now = datetime.now(UTC)
    latest = status and LatestGeneration(
        generation_id=GENERATION, internal_task_id=uuid4(), status=status, stage="preparing"
    )
    return ProjectView(
        id=UUID(int=7),
        track_name="Night Bus",
        bpm=93.5,
        bars=8.0,
        time_signature="4/4",
        beat_unit="quarter",
        aspect="9:16",
        prompt=None,
        mode="standard",
        character_orientation="video",
        beat_accent="off",
        mouth="auto",
        face=None,
        bar_one_seconds=0,
        section_start_bar=1,
        exact_seconds=20.5,
        billed_seconds=21,
        part_name="Hook",
        status="draft",
        has_audio=False,
        has_image=has_image,
        has_performance=False,
        latest_generation=latest or None,
        created_at=now,
        updated_at=now,
    )


@pytest.mark.parametrize(
    ("has_image", "status", "mood", "page"),
    [
        (False, None, "draft", f"/studio/new?project={UUID(int=7)}"),
        (True, None, "draft", f"/studio/record?project={UUID(int=7)}"),
        (True, "pending", "running", f"/studio/preview?generation={GENERATION}"),
        (True, "processing", "running", f"/studio/preview?generation={GENERATION}"),
        (True, "completed", "done", f"/studio/preview?generation={GENERATION}"),
        (True, "failed", "failed", f"/studio/preview?generation={GENERATION}"),
    ],
)
def test_each_project_leads_to_its_next_step(
    has_image: bool, status: str | None, mood: str, page: str
) -> None:
    row = _row(project(has_image=has_image, status=status))
    assert (row.mood, row.href) == (mood, page)
    assert (row.bars, row.bpm) == ("8", "93.5")
