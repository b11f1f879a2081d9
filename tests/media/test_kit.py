"""The release kit: what each of its files is, and that its loops have no seam."""

import io
import zipfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media import makers
from vannilli_app.config import Settings
from vannilli_app.media import authority, kit, marks
from vannilli_app.media.probe import MediaInfo, probe
from vannilli_app.media.seam import seamless

RATE = 48_000
SECONDS = Fraction(24, 7)  # 2 bars at 140: 102.86 frames, and a click where it ends
FRAMES = 103
AS_FINISHED = (
    *("-vf", "scale=out_color_matrix=bt709,format=yuv420p", "-colorspace", "bt709", "-color_range", "tv"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
)


@pytest.fixture(scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of a film that never stands still under a tone that does not end where it began, unpacked."""
    folder = tmp_path_factory.mktemp("kit")
    tone = 0.8 * np.cos(2 * np.pi * 220 * np.arange(round(SECONDS * RATE)) / RATE + 1)
    makers.wav(folder / "tone.wav", np.stack([tone, tone], axis=1).astype(np.float32), RATE)
    colours = (
        "c0=maroon:c1=teal:c2=gold:c3=navy:x0=0:y0=0:x1=180:y1=320"  # else they are other ones each time
    )
    moving = f"gradients=s=180x320:r=30:speed=0.03:nb_colors=4:seed=2:{colours}:d={float(SECONDS) + 1}"
    sound = (
        "-i",
        folder / "tone.wav",
        *AS_FINISHED,
        "-c:a",
        "aac",
        "-b:a",
        "320k",
        "-af",
        "apad=whole_dur=3.433333",
    )
    makers.ffmpeg(
        "-f", "lavfi", "-i", moving, *sound, "-frames:v", FRAMES, "-t", 3.433333, folder / "final.mp4"
    )
    video = kit.Video(folder / "final.mp4", folder / "tone.wav", "9:16", SECONDS, 30, FRAMES, 13, FRAMES, 1)
    heard: list[float] = []
    await kit.pack(video, folder / "kit.zip", makers.marking(folder), {"lines.csv": "Bar\r\n"}, heard.append)
    assert heard == sorted(heard)
    with zipfile.ZipFile(folder / "kit.zip") as archive:
        archive.extractall(folder / "kit")
    return folder


def jump(frames: list[NDArray[np.uint8]]) -> tuple[float, float]:
    """How much the picture changes from the last frame to the first, and at the most from one to the next."""
    shown = [frame.astype(float) for frame in frames]
    steps = [float(np.abs(one - other).mean()) for one, other in pairwise(shown)]
    return float(np.abs(shown[-1] - shown[0]).mean()), max(steps)


async def test_there_is_every_shape_and_each_is_marked(made: Path) -> None:
    files = sorted(path.name for path in (made / "kit").iterdir())
    assert files == [
        "16x9.mp4", "1x1.mp4", "9x16.mp4", "canvas.mp4", "cover.jpg", "lines.csv", "loop.mp4",
    ]  # fmt: skip
    info: dict[str, MediaInfo] = {
        name: await probe(made / "kit" / name) for name in files if not name.endswith("csv")
    }
    assert {name: (one.width, one.height, one.frames, one.has_audio) for name, one in info.items()} == {
        "16x9.mp4": (320, 180, FRAMES, True),
        "1x1.mp4": (180, 180, FRAMES, True),
        "9x16.mp4": (180, 320, FRAMES, True),
        "canvas.mp4": (180, 320, FRAMES, False),
        "loop.mp4": (180, 320, FRAMES, True),
        "cover.jpg": (180, 320, 0, False),
    }
    assert (made / "kit" / "9x16.mp4").read_bytes() == (made / "final.mp4").read_bytes()
    ours = authority.anchors(Settings(data_dir=made))
    for name in info.keys() - {"9x16.mp4"}:
        signed = (await marks.read(made / "kit" / name, ours)).signed
        assert signed, name
        assert signed.state == "Trusted", name


def test_another_shape_shows_the_whole_picture_and_the_same_sound(made: Path) -> None:
    before, after = (makers.pictures(made / one)[50] for one in ("final.mp4", "kit/16x9.mp4"))
    middle = after[:, 160 - 50 : 160 + 50]  # 180 x 320 within 320 x 180
    assert abs(middle.mean() - before.mean()) < 3
    assert (
        makers.likeness(makers.sound(made / "final.mp4")[1], makers.sound(made / "kit/16x9.mp4")[1]) > 0.9999
    )


@pytest.mark.parametrize("name", ["loop.mp4", "canvas.mp4"])
def test_the_picture_goes_round_without_a_jump(made: Path, name: str) -> None:
    seam, most = jump(makers.pictures(made / "kit" / name))
    assert seam <= 2 * most
    plain, most = jump(makers.pictures(made / "final.mp4"))
    assert plain > 5 * most


def test_the_sound_goes_round_without_a_click(made: Path) -> None:
    _, sound = makers.sound(made / "kit/loop.mp4")
    length = round(Fraction(FRAMES, 30) * RATE)
    assert length <= sound.size <= length + 1024
    round_and_round = np.concatenate([sound[length - 300 : length], sound[:300]])
    steps = np.abs(np.diff(sound[1000 : length - 1000]))
    assert np.abs(np.diff(round_and_round)).max() <= 2 * steps.max()
    _, before = makers.sound(made / "final.mp4")
    ends = round(SECONDS * RATE)
    assert abs(before[ends - 1] - before[0]) > 5 * steps.max()


@pytest.mark.parametrize("samples", [48_000, 47_600, 48_400])
def test_a_seamless_sound_is_itself_but_for_its_last_moment(samples: int) -> None:
    random = np.random.default_rng(1)
    slow = np.cumsum(random.normal(size=(48_000, 2)), axis=0)
    sound = (slow / np.abs(slow).max()).astype(np.float32)
    made = seamless(sound, samples, RATE)
    assert made.shape == (samples, 2)
    assert np.abs(made[-1] - made[0]).max() < 0.01 < np.abs(sound[-1] - sound[0]).max()
    if samples == len(sound):
        assert np.abs(made[:-480] - sound[:-480]).max() < 1e-6


async def test_a_short_section_is_played_again_until_it_fills_a_canvas(tmp_path: Path) -> None:
    makers.film(tmp_path / "final.mp4", frames=36, size=(180, 320), sound=makers.music(1.2))
    video = kit.Video(
        tmp_path / "final.mp4", tmp_path / "final.mp4", "9:16", Fraction(6, 5), 30, 36, 9, 36, 3
    )
    await kit.pack(video, tmp_path / "kit.zip", makers.marking(tmp_path), {})
    with zipfile.ZipFile(tmp_path / "kit.zip") as archive:
        (tmp_path / "canvas.mp4").write_bytes(io.BytesIO(archive.read("canvas.mp4")).getvalue())
    shown = [makers.number_of(picture) for picture in makers.pictures(tmp_path / "canvas.mp4")]
    assert len(shown) == 108
    assert shown[:27] == shown[36:63] == shown[72:99] == list(range(27))
