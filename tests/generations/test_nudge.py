"""A performance that its person has nudged is cut there."""

from pathlib import Path

import numpy as np
import pytest

from tests.artist import NewArtist
from tests.media import makers
from vannilli_app import worker
from vannilli_app.config import Settings
from vannilli_app.storage import RAW_UPLOADS


@pytest.mark.parametrize(("nudge_ms", "first"), [(0, 30), (100, 27), (-100, 33)])
async def test_the_picture_comes_so_much_later(
    new_artist: NewArtist,
    clips: dict[str, Path],
    environment: Settings,
    tmp_path: Path,
    nudge_ms: int,
    first: int,
) -> None:
    """The section begins 1 s into the take by the recorder's clock; a later picture begins with an earlier frame."""
    artist = await new_artist()
    project = await artist.project()
    await artist.send(project, "target_image", clips["target_image"])
    silence = makers.wav(tmp_path / "silence.wav", np.zeros(2 * 48_000, np.float32))
    await artist.send(project, "audio", silence)
    take = await artist.send(project, "driver_video", clips["driver_video"], capture_offset_seconds=1)
    await artist.http.patch(f"/api/assets/{take}", json={"nudge_ms": nudge_ms})
    started = await artist.start(project)
    assert started.status_code == 202, started.text
    app = worker.make_app(environment)
    async with app.open_async():
        await app.run_worker_async(queues=["work"], wait=False, install_signal_handlers=False)
    uploads = environment.data_dir / "files" / RAW_UPLOADS
    (driver,) = uploads.rglob(f"{started.json()['generation_id']}.mp4")
    assert makers.number_of(makers.pictures(driver)[0]) == first
