"""Parts that were made apart stand in the join where the music wants them, frame for frame."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.media import makers
from vannilli_app.media.ffmpeg import MediaFailed
from vannilli_app.media.join import Part, join
from vannilli_app.media.probe import probe

FPS = Fraction(30)
SIZE = (360, 480)


def numbers(path: Path) -> list[int]:
    return [makers.number_of(picture) for picture in makers.pictures(path)]


async def test_parts_follow_each_other_to_the_frame(tmp_path: Path) -> None:
    first = makers.film(tmp_path / "1.mp4", frames=40, sound=makers.music(1.3))
    second = makers.film(tmp_path / "2.mp4", frames=90)
    third = makers.film(tmp_path / "3.mp4", frames=30)
    parts = [Part(first, 0, 40), Part(second, 50, 33), Part(third, 7, 20)]
    made = await join(parts, tmp_path / "whole.mp4", size=SIZE, fps=FPS)
    assert made == 93
    assert numbers(tmp_path / "whole.mp4") == [*range(40), *range(50, 83), *range(7, 27)]
    info = await probe(tmp_path / "whole.mp4")
    assert (info.width, info.height, info.fps, info.has_audio) == (*SIZE, 30, False)


@pytest.mark.parametrize("rate", [Fraction(24_000, 1001), 24, 25, Fraction(30_000, 1001), 30, 60])
async def test_a_part_of_another_rate_lands_on_the_grid(tmp_path: Path, rate: Fraction) -> None:
    """A frame of the part is shown from the place on the grid that is nearest to its time, until the next one is."""
    times = [float(number / Fraction(rate)) for number in range(int(3 * rate))]
    film = makers.film(tmp_path / "part.mp4", times=times)
    await join([Part(film, 15, 60), Part(film, 0, 20)], tmp_path / "whole.mp4", size=SIZE, fps=FPS)
    shown = numbers(tmp_path / "whole.mp4")
    assert len(shown) == 80
    for place, number in zip([*range(15, 75), *range(20)], shown, strict=True):
        half_a_frame = 0.5 / 30 + 0.0001
        assert times[number] <= place / 30 + half_a_frame
        assert times[number + 1] >= place / 30 + half_a_frame - 0.0002


async def test_the_join_itself_may_have_an_uneven_rate(tmp_path: Path) -> None:
    film = makers.film(tmp_path / "part.mp4", frames=40)
    ntsc = Fraction(30_000, 1001)
    await join([Part(film, 10, 20), Part(film, 0, 10)], tmp_path / "whole.mp4", size=SIZE, fps=ntsc)
    assert numbers(tmp_path / "whole.mp4") == [*range(10, 30), *range(10)]
    assert (await probe(tmp_path / "whole.mp4")).fps == ntsc


@pytest.mark.parametrize("size", [(640, 360), (300, 900), (120, 160)])
async def test_a_part_of_another_shape_fills_the_picture(tmp_path: Path, size: tuple[int, int]) -> None:
    other = makers.film(tmp_path / "other.mp4", frames=10, size=size)
    await join([Part(other, 0, 10)], tmp_path / "whole.mp4", size=SIZE, fps=FPS)
    picture = makers.pictures(tmp_path / "whole.mp4")[0]
    assert picture.shape == (480, 360, 3)
    for corner in (picture[2, 2], picture[2, -3], picture[-3, 2], picture[-3, -3]):
        assert corner.tolist() == pytest.approx([40, 90, 160], abs=12)


async def test_parts_that_code_their_colours_differently_look_the_same(tmp_path: Path) -> None:
    for name, matrix, reach in (("a", "smpte170m", "tv"), ("b", "bt709", "tv"), ("c", "bt709", "pc")):
        coded = f"scale=out_color_matrix={matrix}:out_range={reach},format=yuv420p"
        told = ["-colorspace", matrix, "-color_range", reach]
        green = "color=c=0x10C040:s=360x480:r=30:d=1"
        makers.ffmpeg("-f", "lavfi", "-i", green, "-vf", coded, *told, tmp_path / f"{name}.mp4")
    parts = [Part(tmp_path / f"{name}.mp4", 0, 10) for name in "cab"]
    await join(parts, tmp_path / "whole.mp4", size=SIZE, fps=FPS)
    makers.ffmpeg(
        *("-i", tmp_path / "whole.mp4", "-vf", "scale=in_color_matrix=bt709:in_range=tv,format=rgb24"),
        *("-f", "rawvideo", tmp_path / "whole.rgb"),
    )
    shown = np.fromfile(tmp_path / "whole.rgb", np.uint8).reshape(30, 480, 360, 3)
    for place in (5, 15, 25):
        assert shown[place, 240, 180].tolist() == pytest.approx([0x10, 0xC0, 0x40], abs=4)


async def test_parts_with_handles_dissolve_into_each_other_around_their_line(tmp_path: Path) -> None:
    red, blue = (200, 30, 30), (30, 30, 200)
    first = makers.film(tmp_path / "1.mp4", frames=46, colour=red)
    second = makers.film(tmp_path / "2.mp4", frames=60, colour=blue)
    third = makers.film(tmp_path / "3.mp4", frames=30, colour=red)
    parts = [Part(first, 0, 40), Part(second, 10, 40), Part(third, 0, 20)]
    made = await join(parts, tmp_path / "whole.mp4", size=SIZE, fps=FPS, crossfade=20)
    assert made == 100
    shown = makers.pictures(tmp_path / "whole.mp4")
    blues = [int(picture[20, 20, 2]) for picture in shown]
    assert max(blues[:34]) < 60  # six frames of handle before the line at 40, of the ten that were wanted
    assert blues[34:46] == sorted(blues[34:46])
    assert 90 < blues[40] < 140
    assert min(blues[46:80]) > 170  # the last part has no handle: it is cut to, on its line
    assert max(blues[80:]) < 60
    plain = [makers.number_of(picture) for picture in (*shown[:34], *shown[46:])]
    assert plain == [*range(34), *range(16, 50), *range(20)]


async def test_a_part_that_ends_a_little_early_holds_its_last_frame(tmp_path: Path) -> None:
    short = makers.film(tmp_path / "short.mp4", frames=50)
    parts = [Part(short, 5, 60), Part(short, 0, 3)]
    await join(parts, tmp_path / "whole.mp4", size=SIZE, fps=FPS)
    assert numbers(tmp_path / "whole.mp4") == [*range(5, 50), *[49] * 15, 0, 1, 2]


async def test_a_part_that_is_too_short_is_refused(tmp_path: Path) -> None:
    short = makers.film(tmp_path / "short.mp4", frames=50)
    with pytest.raises(MediaFailed, match="too short"):
        await join([Part(short, 6, 60)], tmp_path / "whole.mp4", size=SIZE, fps=FPS)


async def test_many_large_parts_fit_into_memory(tmp_path: Path) -> None:
    """All parts are open at once, and each is decoded some way ahead."""
    film = makers.film(tmp_path / "part.mp4", frames=60, size=(1080, 1920))
    us, peak = psutil.Process(), 0

    def watch(_share: float) -> None:
        nonlocal peak
        with suppress(psutil.NoSuchProcess):
            running = [one for one in us.children(recursive=True) if one.name().startswith("ffmpeg")]
            peak = max(peak, sum(one.memory_info().rss for one in running))

    size = (1080, 1920)
    await join([Part(film, 0, 12)] * 10, tmp_path / "whole.mp4", size=size, fps=FPS, on_progress=watch)
    assert 100_000_000 < peak < 1_500_000_000
