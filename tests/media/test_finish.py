from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.media import makers
from tests.media.makers import marking
from vannilli_app.config import Settings
from vannilli_app.errors import VannilliError
from vannilli_app.media import authority, marks
from vannilli_app.media.cut import cut_track
from vannilli_app.media.ffmpeg import MediaFailed
from vannilli_app.media.finish import (
    GIF_BYTES,
    NOTICE,
    WATERMARK,
    FinishedFiles,
    delivery_size,
    finish,
    make_gif,
)
from vannilli_app.media.probe import Unreadable, probe
from vannilli_app.music.tempo import Section

NTSC_FILM = Fraction(24_000, 1001)
SMALL = (180, 320)


async def made(
    folder: Path,
    seconds: Fraction,
    *,
    fps: Fraction = Fraction(30),
    size: tuple[int, int] = SMALL,
    watermark: bool = False,
    film_frames: int | None = None,
    film_fps: int = 30,
    rate: int = 48_000,
    colour: tuple[int, int, int] = (40, 90, 160),
) -> FinishedFiles:
    """A numbered film and a song, finished."""
    frames = round(seconds * fps)
    length = film_frames or round(seconds * film_fps) + 1
    makers.film(
        folder / "film.mp4",
        frames=length,
        fps=film_fps,
        size=(180, 320),
        colour=colour,
        sound=makers.music(1, seed=9),
    )
    song = [makers.music(float(seconds) + 2, rate, seed=seed) for seed in (1, 2)]
    makers.wav(folder / "song.wav", np.stack(song, axis=1), rate)
    await cut_track(folder / "song.wav", folder / "cut.wav", start_seconds=Fraction(1), seconds=seconds)
    out = folder / "out"
    out.mkdir()
    return await finish(
        folder / "film.mp4",
        folder / "cut.wav",
        out,
        size=size,
        fps=fps,
        frames=frames,
        watermark=watermark,
        marking=marking(folder),
    )


def boxes(path: Path) -> list[str]:
    """The names of the file's top boxes, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4], "big")
    return names


def lowest_part(path: Path) -> float:
    """How much the picture varies where a watermark would be."""
    picture = makers.pictures(path)[0].mean(axis=2)
    return float(picture[round(picture.shape[0] * 0.9) :].std())


@pytest.mark.parametrize(
    ("bpm", "bars", "fps", "frames", "rate"),
    [
        ("140", "8", Fraction(30), 411, 48_000),
        ("93.5", "2", NTSC_FILM, 123, 44_100),
        ("120", "1", Fraction(25), 50, 48_000),
        ("199", "1.5", Fraction(60), 109, 44_100),
    ],
)
async def test_the_length_is_the_sections_to_the_frame_and_the_track_is_untouched(
    tmp_path: Path, bpm: str, bars: str, fps: Fraction, frames: int, rate: int
) -> None:
    seconds = Section(Decimal(bpm), Decimal(bars)).exact_seconds
    files = await made(tmp_path, seconds, fps=fps, film_fps=15, rate=rate)
    with av.open(str(files.final)) as container:
        stamps = sorted(packet.pts for packet in container.demux(video=0) if packet.size)
        base = container.streams.video[0].time_base
    assert [stamp * base for stamp in stamps] == [number / fps for number in range(frames)]
    info = await probe(files.final)
    assert (info.frames, info.fps, info.duration) == (frames, fps, frames / fps)
    assert (files.frames, files.duration) == (frames, frames / fps)

    told, heard = makers.sound(files.final)
    _, track = makers.read_wav(tmp_path / "cut.wav")
    assert told == rate
    assert abs(heard.size - track.shape[0]) <= 1024 + rate / float(fps)
    track_sound = track.mean(axis=1)
    assert makers.likeness(track_sound, heard) >= 0.99
    correlation = np.correlate(heard[rate // 2 : rate], track_sound[rate // 2 - 400 : rate + 400], "valid")
    assert abs(int(np.argmax(correlation)) - 400) <= 1


async def test_every_file_is_what_it_should_be(tmp_path: Path) -> None:
    files = await made(tmp_path, Fraction(2), size=(720, 1280))
    ours = authority.anchors(Settings(data_dir=tmp_path))
    for path in (files.final, files.preview, files.gif, files.thumbnail):
        found = await marks.read(path, ours)
        assert found.signed
        assert (found.signed.state, found.says) == ("Trusted", "trainedAlgorithmicMedia"), path.name
    info = await probe(files.final)
    assert (info.video_codec, info.audio_codec) == ("h264", "aac")
    assert (info.width, info.height, files.width, files.height) == (720, 1280, 720, 1280)
    with av.open(str(files.final)) as container:
        video = container.streams.video[0]
        assert (video.profile, video.pix_fmt) == ("High", "yuv420p")
        assert container.metadata["comment"] == container.metadata["description"] == NOTICE
        assert container.streams.audio[0].bit_rate > 190_000
        assert len(container.streams) == 2
    for path in (files.final, files.preview):
        order = boxes(path)
        assert order.index("moov") < order.index("mdat")
    preview = await probe(files.preview)
    assert (preview.width, preview.height, preview.frames, preview.audio_codec) == (480, 854, 60, "aac")
    assert cv2.imread(str(files.thumbnail)).shape == (1280, 720, 3)
    with av.open(str(files.gif)) as container:
        video = container.streams.video[0]
        assert (container.format.name, video.height, video.frames) == ("gif", 320, 20)
    assert [makers.number_of(picture) for picture in makers.pictures(files.final)] == list(range(60))


async def test_the_watermark_is_on_all_or_only_on_the_preview(tmp_path: Path) -> None:
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
    marked = await made(tmp_path / "with", Fraction(1), watermark=True)
    plain = await made(tmp_path / "without", Fraction(1))
    for path in (marked.final, marked.preview, marked.gif, marked.thumbnail):
        assert lowest_part(path) > 15
    for path in (plain.final, plain.thumbnail):
        assert lowest_part(path) < 3
    top = makers.pictures(plain.preview)[0][: 854 // 10].mean(axis=2)
    assert top.std() > 15
    assert WATERMARK == "AI Generated - Not for Commercial Use"


@pytest.mark.parametrize(
    ("aspect", "short_side", "expected"),
    [
        ("9:16", 720, (720, 1280)),
        ("16:9", 1080, (1920, 1080)),
        ("1:1", 720, (720, 720)),
        ("9:16", 2160, (2160, 3840)),
        ("16:9", 480, (854, 480)),
    ],
)
def test_delivery_sizes(aspect: str, short_side: int, expected: tuple[int, int]) -> None:
    assert delivery_size(aspect, short_side) == expected


@pytest.mark.parametrize("size", [(320, 180), (240, 240)])
async def test_another_shape_is_covered_and_cropped(tmp_path: Path, size: tuple[int, int]) -> None:
    files = await made(tmp_path, Fraction(1, 2), size=size)
    picture = makers.pictures(files.final)[3]
    assert picture.shape == (size[1], size[0], 3)
    assert makers.number_of(picture) == 3
    assert picture[1, 1].tolist() == pytest.approx([40, 90, 160], abs=12)


@pytest.mark.parametrize("colour", [(200, 30, 30), (20, 180, 60), (230, 220, 40)])
async def test_colours_stay(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    files = await made(tmp_path, Fraction(1, 3), size=(360, 640), colour=colour)
    before = makers.pictures(tmp_path / "film.mp4")[2][20, 20]
    seen = makers.pictures(files.final)[2][40, 40]
    assert seen.tolist() == pytest.approx(before.tolist(), abs=10)


async def test_a_film_of_another_rate_lands_on_the_grid(tmp_path: Path) -> None:
    files = await made(tmp_path, Fraction(2), film_fps=15)
    shown = [makers.number_of(picture) for picture in makers.pictures(files.final)]
    assert len(shown) == 60
    assert all(abs(number - index / 2) <= 0.5 for index, number in enumerate(shown))


async def test_a_film_that_ends_early_is_held_but_not_for_long(tmp_path: Path) -> None:
    files = await made(tmp_path, Fraction(2), film_frames=48)
    shown = [makers.number_of(picture) for picture in makers.pictures(files.final)]
    assert shown == [*range(48), *[47] * 12]
    (tmp_path / "short").mkdir()
    with pytest.raises(MediaFailed, match="too short"):
        await made(tmp_path / "short", Fraction(2), film_frames=40)


async def test_a_film_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("no film")
    makers.wav(tmp_path / "cut.wav", makers.music(1))
    with pytest.raises(Unreadable) as refusal:
        await finish(
            tmp_path / "film.mp4",
            tmp_path / "cut.wav",
            tmp_path,
            size=SMALL,
            fps=Fraction(30),
            frames=30,
            watermark=True,
            marking=marking(tmp_path),
        )
    assert isinstance(refusal.value, VannilliError)


async def test_a_gif_stays_small_whatever_it_shows(tmp_path: Path) -> None:
    makers.ffmpeg(
        *("-f", "lavfi", "-i", "nullsrc=s=360x640:r=10:d=6,geq=random(1)*255:128:128", "-c:v", "libx264"),
        *("-preset", "ultrafast", "-crf", "10", tmp_path / "noise.mp4"),
    )
    await make_gif(tmp_path / "noise.mp4", tmp_path / "a.gif")
    assert 0 < (tmp_path / "a.gif").stat().st_size <= GIF_BYTES
