import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.media import makers
from vannilli_app.media.checks import check_driver
from vannilli_app.media.probe import Unreadable, probe, probe_now

EXIF_TURN_RIGHT = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"


def jpeg(width: int, height: int) -> bytes:
    return cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))[1].tobytes()


async def test_a_film(tmp_path: Path) -> None:
    path = makers.film(tmp_path / "a.mp4", frames=45, size=(640, 360), sound=makers.music(1.5))
    info = await probe(path)
    assert (info.kind, info.video_codec, info.audio_codec) == ("video", "h264", "aac")
    assert (info.width, info.height, info.rotation) == (640, 360, 0)
    assert (info.fps, info.frames, info.duration) == (30, 45, Fraction(3, 2))
    assert (info.has_audio, info.sample_rate, info.channels) == (True, 48_000, 1)
    assert info.size_bytes == path.stat().st_size


async def test_a_browsers_recording_without_length_and_of_uneven_rate(tmp_path: Path) -> None:
    times = [0, 0.033, 0.05, 0.12, 0.4, 0.41, 0.7, 1.0]
    path = makers.film(
        tmp_path / "a.webm",
        times=times,
        codec="libvpx",
        sound_codec="libopus",
        sound=makers.music(1),
        live=True,
    )
    with av.open(str(path)) as container:
        assert container.duration is None
    info = await probe(path)
    assert (info.kind, info.video_codec, info.audio_codec) == ("video", "vp8", "opus")
    assert info.frames == 8
    assert info.fps == 7
    assert 1.0 < info.duration < 1.2


async def test_a_film_that_a_phone_trimmed_without_writing_it_anew(tmp_path: Path) -> None:
    """Frames before the cut stay in the file; its edit list hides them."""
    makers.film(tmp_path / "whole.mp4", frames=300)
    makers.ffmpeg("-ss", 5.5, "-i", tmp_path / "whole.mp4", "-t", 2, "-c", "copy", tmp_path / "a.mp4")
    info = await probe(tmp_path / "a.mp4")
    assert info.duration == pytest.approx(2, abs=0.1)
    assert info.frames == pytest.approx(60, abs=2)


async def test_a_phones_upright_film_is_measured_as_shown(tmp_path: Path) -> None:
    makers.film(tmp_path / "lying.mp4", size=(640, 360))
    makers.ffmpeg("-display_rotation", 90, "-i", tmp_path / "lying.mp4", "-c", "copy", tmp_path / "up.mp4")
    info = await probe(tmp_path / "up.mp4")
    assert (info.width, info.height) == (360, 640)
    assert info.rotation in {90, 270}


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac", "a.m4a", "a.ogg"])
async def test_a_track(tmp_path: Path, name: str) -> None:
    makers.wav(tmp_path / "source.wav", makers.music(3.21, 44_100), 44_100)
    makers.ffmpeg("-i", tmp_path / "source.wav", tmp_path / name)
    info = await probe(tmp_path / name)
    assert (info.kind, info.sample_rate, info.channels) == ("audio", 44_100, 1)
    assert info.duration == pytest.approx(3.21, abs=0.03)
    assert (info.width, info.frames) == (0, 0)


async def test_a_cover_does_not_make_a_song_a_film(tmp_path: Path) -> None:
    makers.wav(tmp_path / "a.wav", makers.music(1))
    (tmp_path / "cover.jpg").write_bytes(jpeg(300, 300))
    makers.ffmpeg(
        *("-i", tmp_path / "a.wav", "-i", tmp_path / "cover.jpg", "-map", "0", "-map", "1"),
        *("-disposition:v", "attached_pic", tmp_path / "a.mp3"),
    )
    assert (await probe(tmp_path / "a.mp3")).kind == "audio"


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
async def test_a_picture(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    cv2.imwrite(str(path), np.full((400, 300, 3), 90, np.uint8))
    info = await probe(path)
    assert (info.kind, info.width, info.height) == ("image", 300, 400)


async def test_a_picture_taken_upright_is_measured_as_shown(tmp_path: Path) -> None:
    plain = jpeg(400, 300)
    segment = b"\xff\xe1" + struct.pack(">H", len(EXIF_TURN_RIGHT) + 2) + EXIF_TURN_RIGHT
    (tmp_path / "a.jpg").write_bytes(plain[:2] + segment + plain[2:])
    info = await probe(tmp_path / "a.jpg")
    assert (info.width, info.height) == (300, 400)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("This is not a video.\n" * 200)


def playlist(path: Path) -> None:
    """What would make FFmpeg read other files of ours, were it allowed to."""
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")


def list_of_files(path: Path) -> None:
    path.write_text("ffconcat version 1.0\nfile /etc/passwd\n")


def cut_film(path: Path) -> None:
    """Its index lies behind the cut."""
    makers.film(path, frames=90)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def cut_film_with_index(path: Path) -> None:
    makers.film(path, frames=90)
    makers.ffmpeg("-i", path, "-c", "copy", "-movflags", "+faststart", path.with_suffix(".fast.mp4"))
    whole = path.with_suffix(".fast.mp4").read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])


def noise_in_film(path: Path) -> None:
    """A proper index over a picture that is none."""
    makers.film(path, frames=30)
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = np.random.default_rng(1).bytes(end - start)
    path.write_bytes(data)


def cut_jpeg(path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8)
    data = cv2.imencode(".jpg", noise)[1].tobytes()
    path.write_bytes(data[: len(data) // 2])


def cut_png(path: Path) -> None:
    data = cv2.imencode(".png", np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8))[
        1
    ].tobytes()
    path.write_bytes(data[: len(data) // 2])


def png_bomb(path: Path) -> None:
    """A few kB that would be 3.6 gigapixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def jpeg_bomb(path: Path) -> None:
    data = bytearray(jpeg(64, 64))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    path.write_bytes(data)


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    """No file at all."""


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (empty, "empty"),
        (text, "not a video, a track or a picture"),
        (playlist, "not a video, a track or a picture"),
        (list_of_files, "not a video, a track or a picture"),
        (cut_film, "not a video, a track or a picture"),
        (cut_film_with_index, "damaged or was cut off"),
        (noise_in_film, "damaged or was cut off"),
        (cut_jpeg, "damaged or was cut off"),
        (cut_png, "damaged or was cut off"),
        (png_bomb, "at most 50 megapixels"),
        (jpeg_bomb, "at most 50 megapixels"),
        (folder, "no such file"),
        (nothing, "no such file"),
    ],
)
async def test_a_file_that_will_not_do_gets_a_sentence(
    tmp_path: Path, make: Callable[[Path], None], sentence: str
) -> None:
    make(tmp_path / "a.mp4")
    with pytest.raises(Unreadable, match=sentence) as refusal:
        await probe(tmp_path / "a.mp4")
    assert refusal.value.code == "asset_invalid"


async def test_a_sound_or_a_picture_by_the_name_of_a_film(tmp_path: Path) -> None:
    makers.wav(tmp_path / "a.wav", makers.music(1))
    makers.ffmpeg("-i", tmp_path / "a.wav", tmp_path / "sound.mp4")
    (tmp_path / "picture.mp4").write_bytes(jpeg(400, 400))
    for name, kind in [("sound.mp4", "audio"), ("picture.mp4", "image")]:
        info = await probe(tmp_path / name)
        assert info.kind == kind
        assert [one.code for one in check_driver(info, Fraction(1))] == ["wrong_kind"]


def test_without_an_event_loop(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(320, 300))
    assert probe_now(tmp_path / "a.jpg").width == 320
