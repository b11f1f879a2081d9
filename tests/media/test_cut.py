import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.media import makers
from vannilli_app.errors import Invalid
from vannilli_app.media.cut import cut_track, prepare_driver, prepare_image
from vannilli_app.media.probe import Unreadable, probe

NTSC = Fraction(30_000, 1001)


def numbers(path: Path) -> list[int]:
    return [makers.number_of(picture) for picture in makers.pictures(path)]


async def test_a_driver_is_cut_to_the_frame(tmp_path: Path) -> None:
    makers.film(tmp_path / "a.mp4", frames=120, sound=makers.music(4))
    made = await prepare_driver(
        tmp_path / "a.mp4",
        tmp_path / "b.mp4",
        start_seconds=Fraction(1),
        seconds=Fraction(12, 7),
        fps=Fraction(30),
    )
    assert made == 51
    assert numbers(tmp_path / "b.mp4") == list(range(30, 81))
    info = await probe(tmp_path / "b.mp4")
    assert (info.video_codec, info.audio_codec, info.fps, info.frames) == ("h264", "aac", 30, 51)
    assert (info.width, info.height) == (360, 480)


async def test_a_drivers_sound_stays_with_its_picture(tmp_path: Path) -> None:
    song = makers.music(4)
    makers.film(tmp_path / "a.mp4", frames=120, sound=song)
    await prepare_driver(
        tmp_path / "a.mp4",
        tmp_path / "b.mp4",
        start_seconds=Fraction(1),
        seconds=Fraction(2),
        fps=Fraction(25),
    )
    rate, heard = makers.sound(tmp_path / "b.mp4")
    assert rate == 48_000
    assert heard.size == pytest.approx(2 * rate, abs=1024)
    assert makers.likeness(song[rate : 3 * rate], heard) > 0.97


async def test_a_recording_of_uneven_rate_lands_on_the_grid(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    times = np.cumsum(random.uniform(0.01, 0.09, 60)).tolist()
    makers.film(tmp_path / "a.webm", times=times, codec="libvpx", live=True)
    seconds = Fraction(2)
    await prepare_driver(
        tmp_path / "a.webm", tmp_path / "b.mp4", start_seconds=Fraction(0), seconds=seconds, fps=NTSC
    )
    shown = numbers(tmp_path / "b.mp4")
    assert len(shown) == 60
    began = times[0]
    for index, number in enumerate(shown):
        ideal = index / float(NTSC)
        assert times[number] - began <= ideal + 0.5 / float(NTSC) + 0.001
        assert times[number + 1] - began >= ideal - 0.5 / float(NTSC) - 0.001


async def test_a_clock_that_drifts_is_stretched_to_the_section(tmp_path: Path) -> None:
    """A recording whose clock is 10 % fast: its frame 33 n is the section's 30 n."""
    makers.film(tmp_path / "a.mp4", frames=120)
    await prepare_driver(
        tmp_path / "a.mp4",
        tmp_path / "b.mp4",
        start_seconds=Fraction(1),
        seconds=Fraction(2),
        fps=Fraction(30),
        stretch=Fraction(11, 10),
    )
    assert numbers(tmp_path / "b.mp4")[::10] == [30, 41, 52, 63, 74, 85]


async def test_the_last_frame_is_held_for_half_a_second_at_most(tmp_path: Path) -> None:
    makers.film(tmp_path / "a.mp4", frames=60)
    whole = {"start_seconds": Fraction(0), "fps": Fraction(30)}
    await prepare_driver(tmp_path / "a.mp4", tmp_path / "b.mp4", seconds=Fraction(5, 2), **whole)
    assert numbers(tmp_path / "b.mp4") == [*range(60), *[59] * 15]
    with pytest.raises(Invalid, match="ends before the section") as refusal:
        await prepare_driver(tmp_path / "a.mp4", tmp_path / "b.mp4", seconds=Fraction(26, 10), **whole)
    assert refusal.value.code == "asset_invalid"


async def test_a_piece_may_reach_further_beyond_the_recording_when_asked(tmp_path: Path) -> None:
    """A section shorter than a provider takes, with its performance held at both ends."""
    makers.film(tmp_path / "a.mp4", frames=30, sound=makers.music(1))
    made = await prepare_driver(
        tmp_path / "a.mp4",
        tmp_path / "b.mp4",
        start_seconds=Fraction(-1),
        seconds=Fraction(7, 2),
        fps=Fraction(30),
        may_hold=Fraction(3, 2),
    )
    assert made == 105
    assert numbers(tmp_path / "b.mp4") == [*[0] * 30, *range(30), *[29] * 45]


async def test_before_the_recording_its_first_frame_is_held(tmp_path: Path) -> None:
    song = makers.music(2)
    makers.film(tmp_path / "a.mp4", frames=60, sound=song)
    await prepare_driver(
        tmp_path / "a.mp4",
        tmp_path / "b.mp4",
        start_seconds=Fraction(-1, 10),
        seconds=Fraction(1),
        fps=Fraction(30),
    )
    assert numbers(tmp_path / "b.mp4") == [0, 0, 0, *range(27)]
    _, heard = makers.sound(tmp_path / "b.mp4")
    assert makers.likeness(np.concatenate([np.zeros(4800), song])[:48_000], heard) > 0.95


@pytest.mark.parametrize(
    ("size", "turn", "max_side", "expected"),
    [
        ((642, 362), 0, 1920, (642, 362)),
        ((642, 362), 90, 1920, (362, 642)),
        ((1000, 750), 0, 500, (500, 374)),
        ((750, 1000), 90, 500, (500, 374)),
    ],
)
async def test_a_driver_stands_upright_within_its_bounds(
    tmp_path: Path, size: tuple[int, int], turn: int, max_side: int, expected: tuple[int, int]
) -> None:
    makers.film(tmp_path / "a.mp4", frames=12, size=size)
    makers.ffmpeg("-display_rotation", turn, "-i", tmp_path / "a.mp4", "-c", "copy", tmp_path / "b.mp4")
    await prepare_driver(
        tmp_path / "b.mp4",
        tmp_path / "c.mp4",
        start_seconds=Fraction(0),
        seconds=Fraction(2, 5),
        fps=Fraction(30),
        max_side=max_side,
    )
    info = await probe(tmp_path / "c.mp4")
    assert info.rotation == 0
    assert (info.width, info.height) == pytest.approx(expected, abs=2)
    assert info.width % 2 == info.height % 2 == 0


async def test_a_driver_that_is_none_is_refused(tmp_path: Path) -> None:
    makers.wav(tmp_path / "a.wav", makers.music(2))
    (tmp_path / "b.mp4").write_text("no video")
    cut = {"start_seconds": Fraction(0), "seconds": Fraction(1), "fps": Fraction(30)}
    with pytest.raises(Invalid):
        await prepare_driver(tmp_path / "a.wav", tmp_path / "c.mp4", **cut)
    with pytest.raises(Unreadable):
        await prepare_driver(tmp_path / "b.mp4", tmp_path / "c.mp4", **cut)


@pytest.mark.parametrize("rate", [44_100, 48_000])
async def test_a_track_is_cut_to_the_sample_and_left_alone(tmp_path: Path, rate: int) -> None:
    song = np.stack([makers.music(4, rate), makers.music(4, rate, seed=2)], axis=1)
    makers.wav(tmp_path / "a.wav", song, rate)
    start, seconds = Fraction(1, 3), Fraction(12, 7)
    count = await cut_track(tmp_path / "a.wav", tmp_path / "b.wav", start_seconds=start, seconds=seconds)
    told, cut = makers.read_wav(tmp_path / "b.wav")
    _, whole = makers.read_wav(tmp_path / "a.wav")
    first, last = round(start * rate), round((start + seconds) * rate)
    assert (told, cut.shape, count) == (rate, (last - first, 2), last - first)
    assert np.array_equal(cut, whole[first:last])


async def test_silence_follows_a_track_that_ends_early(tmp_path: Path) -> None:
    makers.wav(tmp_path / "a.wav", makers.music(1))
    await cut_track(tmp_path / "a.wav", tmp_path / "b.wav", start_seconds=Fraction(1, 2), seconds=Fraction(1))
    _, cut = makers.read_wav(tmp_path / "b.wav")
    _, whole = makers.read_wav(tmp_path / "a.wav")
    assert np.array_equal(cut[:24_000], whole[24_000:])
    assert len(cut) == 48_000
    assert not cut[24_000:].any()


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.ogg", "a.flac"])
async def test_a_compressed_track_begins_where_its_music_does(tmp_path: Path, name: str) -> None:
    song = makers.music(3, 44_100)
    makers.wav(tmp_path / "a.wav", song, 44_100)
    makers.ffmpeg("-i", tmp_path / "a.wav", "-b:a", "192k", tmp_path / name)
    await cut_track(tmp_path / name, tmp_path / "b.wav", start_seconds=Fraction(1), seconds=Fraction(1))
    _, cut = makers.read_wav(tmp_path / "b.wav")
    assert makers.likeness(song[44_100:88_200], cut[:, 0].astype(float)) > 0.98


async def test_an_unusual_rate_becomes_a_usual_one(tmp_path: Path) -> None:
    makers.wav(tmp_path / "a.wav", makers.music(2, 96_000), 96_000)
    await cut_track(tmp_path / "a.wav", tmp_path / "b.wav", start_seconds=Fraction(1), seconds=Fraction(1, 2))
    rate, cut = makers.read_wav(tmp_path / "b.wav")
    assert (rate, len(cut)) == (48_000, 24_000)
    assert makers.likeness(makers.music(2, 96_000)[96_000:144_000:2], cut[:, 0].astype(float)) > 0.9


async def test_a_track_that_is_none_is_refused(tmp_path: Path) -> None:
    makers.film(tmp_path / "a.mp4", frames=10)
    with pytest.raises(Unreadable):
        await cut_track(
            tmp_path / "a.mp4", tmp_path / "b.wav", start_seconds=Fraction(0), seconds=Fraction(1)
        )


async def test_a_picture_is_written_upright_and_says_nothing_of_its_owner(tmp_path: Path) -> None:
    picture = np.zeros((400, 600, 3), np.uint8)
    picture[:, :150] = (255, 0, 0)
    plain = cv2.imencode(".jpg", picture)[1].tobytes()
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0 GPS 52.52 N"
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    (tmp_path / "a.jpg").write_bytes(plain[:2] + segment + plain[2:])
    for name in ("b.jpg", "b.png"):
        await prepare_image(tmp_path / "a.jpg", tmp_path / name)
        raw = (tmp_path / name).read_bytes()
        assert b"Exif" not in raw
        assert b"GPS" not in raw
        seen = cv2.imread(str(tmp_path / name), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        assert seen.shape == (600, 400, 3)
        assert seen[50, 200, 0] > 200
        assert seen[500, 200, 0] < 50


async def test_what_was_transparent_becomes_black(tmp_path: Path) -> None:
    picture = np.full((320, 320, 4), 255, np.uint8)
    picture[:160, :, 3] = 0
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    await prepare_image(tmp_path / "a.png", tmp_path / "b.png")
    seen = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert seen.shape == (320, 320, 3)
    assert seen[80, 160].tolist() == [0, 0, 0]
    assert min(seen[240, 160]) >= 254


async def test_a_large_picture_becomes_smaller(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.jpg"), np.full((3000, 2000, 3), 90, np.uint8))
    await prepare_image(tmp_path / "a.jpg", tmp_path / "b.jpg", max_side=1500)
    assert cv2.imread(str(tmp_path / "b.jpg")).shape == (1500, 1000, 3)


async def test_a_picture_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    makers.film(tmp_path / "film.jpg.mp4", frames=3).rename(tmp_path / "b.jpg")
    for name in ("a.jpg", "b.jpg"):
        with pytest.raises(Unreadable):
            await prepare_image(tmp_path / name, tmp_path / "c.jpg")


async def test_a_film_is_cut_without_where_it_was_made_and_who_made_it(tmp_path: Path) -> None:
    makers.film(tmp_path / "plain.mp4", frames=60, sound=makers.music(2))
    (tmp_path / "notes").write_text(
        ";FFMETADATA1\nlocation=+52.5200+013.4050/\nartist=Ana of Elm Street\ncomment=GPS 52.52\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=At Ana's home\n"
    )
    noted = tmp_path / "noted.mp4"
    makers.ffmpeg(
        *("-i", tmp_path / "plain.mp4", "-f", "ffmetadata", "-i", tmp_path / "notes", "-map_metadata", 1),
        *("-map_chapters", 1, "-c", "copy", "-movflags", "use_metadata_tags", noted),
    )
    assert b"Elm Street" in noted.read_bytes()
    assert b"At Ana's home" in noted.read_bytes()
    await prepare_driver(
        noted, tmp_path / "cut.mp4", start_seconds=Fraction(0), seconds=Fraction(1), fps=Fraction(30)
    )
    await cut_track(noted, tmp_path / "cut.wav", start_seconds=Fraction(0), seconds=Fraction(1))
    for name in ("cut.mp4", "cut.wav"):
        raw = (tmp_path / name).read_bytes()
        assert [word for word in (b"Ana", b"Elm", b"52.5", b"13.40") if word in raw] == [], name


async def test_what_is_hidden_behind_a_picture_does_not_come_along(tmp_path: Path) -> None:
    """A photo of a phone may carry a film behind it, and a hostile one an archive or a script: neither is sent on."""
    hidden = b"PK\x03\x04 an archive <script>alert(1)</script>"
    picture = cv2.imencode(".jpg", np.full((400, 300, 3), 90, np.uint8))[1].tobytes()
    (tmp_path / "both.jpg").write_bytes(picture + hidden + b"\xff\xd9")
    for name in ("a.jpg", "a.png"):
        await prepare_image(tmp_path / "both.jpg", tmp_path / name)
        raw = (tmp_path / name).read_bytes()
        assert b"script" not in raw
        assert b"PK\x03\x04" not in raw
