"""What the tests of Kling's adapters share: its recorded examples, and the request that they are of."""

from functools import partial

from tests.fakes.kling import ACCESS_KEY, SECRET_KEY, WEBHOOK_SECRET
from tests.fakes.replay import recording, recordings
from vannilli_app.providers.base import VideoRequest
from vannilli_app.providers.kling_legacy import KlingLegacy

TASK = "837264519283746561"
REQUEST = VideoRequest(
    external_id="7f0c2f0e-6c1d-4c5e-9a53-0a5c62a3f5d1",
    driver_video_url="https://store.example/take.mp4?signature=1",
    target_image_url="https://store.example/picture.png?signature=2",
    width=720,
    height=1280,
    fps=30,
    frames=150,
    bpm=100,
)

golden = partial(recording, "kling")
names = partial(recordings, "kling")


def legacy_at(base_url: str, secret: str = WEBHOOK_SECRET) -> KlingLegacy:
    return KlingLegacy(ACCESS_KEY, SECRET_KEY, base_url, secret)
