"""What was chosen for a draft when it was begun reaches the animator."""

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

from tests.artist import NewArtist
from vannilli_app import worker
from vannilli_app.config import Settings
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import dispatch
from vannilli_app.models import LocalRender


async def test_it_is_asked_for_what_the_draft_said_at_its_start(
    new_artist: NewArtist, files: dict[str, Path], environment: Settings
) -> None:
    artist = await new_artist()
    chosen = {"beat_accent": "soft", "mouth": "filmed", "face": [0.25, 0.5]}
    project = await artist.project(**chosen)
    await artist.upload(project, **files)
    started = await artist.start(project)
    assert started.status_code == 202, started.text
    app = worker.make_app(environment)
    async with app.open_async():
        for _ in range(2):
            await app.run_worker_async(queues=["work", "segments"], wait=False, install_signal_handlers=False)
            await dispatch.dispatch_all(datetime.now(UTC))
        await app.run_worker_async(queues=["segments"], wait=False, install_signal_handlers=False)
    async with transaction(SERVICE) as session:
        asked = (await session.exec(select(LocalRender))).one().request
    assert {name: asked[name] for name in chosen} == chosen
