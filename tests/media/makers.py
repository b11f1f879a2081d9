"""Files for the tests of media, made on the spot. Every frame of a film carries its number as a bar code."""

import subprocess
import wave
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from vannilli_app.config import Settings
from vannilli_app.media.marking import Marking

BITS = 12
FAST = {"libx264": {"preset": "ultrafast"}, "libvpx": {"deadline": "realtime", "cpu-used": "8"}}
TICK = Fraction(1, 90_000)


def ffmpeg(*arguments: object) -> None:
    """The encoder by itself, for what PyAV cannot write."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-nostdin", "-y", "-v", "error", *map(str, arguments)], check=True)


def numbered(
    number: int, size: tuple[int, int], colour: tuple[int, int, int] = (40, 90, 160)
) -> NDArray[np.uint8]:
    """A picture (height, width, RGB) with its number as a row of black and white blocks across its middle."""
    width, height = size
    picture = np.full((height, width, 3), colour, np.uint8)
    for bit in range(BITS):
        left, right = (width * edge // BITS for edge in (bit, bit + 1))
        picture[height * 2 // 5 : height * 3 // 5, left:right] = 255 if number >> bit & 1 else 0
    return picture


def number_of(picture: NDArray[np.uint8]) -> int:
    """The number in a picture of `numbered`, at any size."""
    row = picture[picture.shape[0] // 2].mean(axis=-1)
    centres = [picture.shape[1] * (2 * bit + 1) // (2 * BITS) for bit in range(BITS)]
    return sum(1 << bit for bit, at in enumerate(centres) if row[at] > 127)


def film(
    path: Path,
    *,
    times: Sequence[float] | None = None,
    frames: int = 60,
    fps: int = 30,
    size: tuple[int, int] = (360, 480),
    sound: NDArray[np.float32] | None = None,
    codec: str = "libx264",
    sound_codec: str = "aac",
    live: bool = False,
    colour: tuple[int, int, int] = (40, 90, 160),
) -> Path:
    """Frames at `times` (seconds; else `fps` a second). `live`: as a browser records, without length or index."""
    options = {"live": "1"} if live else {}
    with av.open(str(path), "w", options=options) as container:
        video = container.add_stream(codec, rate=fps, width=size[0], height=size[1], pix_fmt="yuv420p")
        video.options = FAST[codec]
        video.time_base = TICK
        video.codec_context.time_base = TICK
        audio = container.add_stream(sound_codec, rate=48_000, layout="mono") if sound is not None else None
        for number, time in enumerate(times if times is not None else [one / fps for one in range(frames)]):
            frame = av.VideoFrame.from_ndarray(numbered(number, size, colour), format="rgb24")
            frame.pts, frame.time_base = round(time * 90_000), TICK
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None and sound is not None:
            for frame in _blocks(sound):
                container.mux(audio.encode(frame))
            container.mux(audio.encode())
    return path


def gap(path: Path, seconds: int) -> Path:
    """Two seconds of film with two packets of sound so many seconds apart."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=30, width=360, height=480, pix_fmt="yuv420p")
        video.options = FAST["libx264"]
        audio = container.add_stream("libopus", rate=48_000, layout="mono")
        for number in range(60):
            container.mux(
                video.encode(av.VideoFrame.from_ndarray(numbered(number, (360, 480)), format="rgb24"))
            )
        container.mux(video.encode())
        for at in (0, seconds * 48_000):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
            container.mux(audio.encode(frame))
        container.mux(audio.encode())
    return path


def _blocks(sound: NDArray[np.float32]) -> Iterable[av.AudioFrame]:
    for at in range(0, sound.size, 960):
        frame = av.AudioFrame.from_ndarray(sound[None, at : at + 960], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
        yield frame


def wav(path: Path, sound: NDArray[np.float32], rate: int = 48_000) -> Path:
    """16-bit; `sound` is samples, or samples by channels, -1 to 1."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if sound.ndim == 1 else sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound * 32767).round().astype("<i2").tobytes())
    return path


def read_wav(path: Path) -> tuple[int, NDArray[np.int16]]:
    """Rate, and samples by channels."""
    with wave.open(str(path), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return file.getframerate(), samples.reshape(-1, file.getnchannels())


def music(seconds: float, rate: int = 48_000, *, bpm: float = 120, seed: int = 1) -> NDArray[np.float32]:
    """A beat: kick, snare, hats and a wandering tone; another seed is another song."""
    random = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * rate) + rate)
    step = 30 / bpm
    for number in range(int(seconds / step)):
        start, t = round(number * step * rate), np.arange(rate // 4) / rate
        tone = np.sin(2 * np.pi * 220 * 2 ** (random.integers(0, 24) / 12) * t) * np.exp(-t * 20)
        hat = random.normal(size=t.size) * np.exp(-t * 120)
        kick = np.sin(2 * np.pi * 70 * t) * np.exp(-t * 25) if number % 4 == 0 else 0
        snare = random.normal(size=t.size) * np.exp(-t * 35) if number % 4 == 2 else 0
        sound[start : start + t.size] += 0.2 * tone + 0.1 * hat + 0.4 * kick + 0.2 * snare
    return np.clip(sound[: round(seconds * rate)], -1, 1).astype(np.float32)


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    """Every frame of a film as shown, RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def sound(path: Path) -> tuple[int, NDArray[np.float64]]:
    """Rate and samples of a film's sound as played, its channels averaged."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        return frames[0].sample_rate, np.concatenate([one.to_ndarray().mean(axis=0) for one in frames])


def likeness(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Pearson's correlation at no lag, over the shorter length."""
    length = min(one.size, other.size)
    return float(np.corrcoef(one[:length], other[:length])[0, 1])


def marking(folder: Path, **settings: object) -> Marking:
    """What a finished video says of itself, signed by a certificate in `folder`."""
    config = Settings(data_dir=folder, **settings)  # type: ignore[arg-type]
    return Marking("trainedAlgorithmicMedia", "Kling", datetime(2026, 8, 2, tzinfo=UTC), config)
