"""Writes a video while it is drawn: H.264 in a thread of its own, with AAC sound of just that length."""

import queue
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import av.error
import cv2
import numpy as np

from vannilli_app.engine.array import Array
from vannilli_app.errors import Invalid
from vannilli_app.words import _

SAMPLE_RATE = 44_100
AHEAD = 4  # frames that may wait for the encoder
BT601 = 6  # SMPTE 170M, what cv2's conversion makes; said in the file so that players need not guess
LIMITED = 1


class SoundUnreadable(Invalid):
    """This sound cannot be read. Save it as a WAV or MP3 file and choose it again."""

    code = "audio_unreadable"


def unfinished(out: Path) -> Path:
    """Where a video lies while it is written."""
    return out.with_name(f"{out.name}.part")


class Encoder:
    """A context manager that takes frames by `put` and leaves a finished file, or none.

    `out` appears when the block ends well. When the block raises, or the encoder does, no file is left,
    and the first error is the one that surfaces: from `put` or from the end of the block.
    """

    def __init__(
        self,
        out: Path,
        size: tuple[int, int],
        fps: Fraction,
        *,
        audio: Path | None = None,
        draft: bool = False,
    ) -> None:
        self._out, self._size, self._fps, self._audio = out, size, fps, audio
        # "superfast" at 19 looks the same, is half as large, and takes twice the work.
        self._options = {"preset": "ultrafast", "crf": "23" if draft else "17"}
        self._part = unfinished(out)
        self._frames: queue.Queue[Array | None] = queue.Queue(AHEAD)
        self._error: Exception | None = None
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)

    def __enter__(self) -> "Encoder":
        self._thread.start()
        return self

    def put(self, picture: Array) -> None:
        """Hands over the next BGR frame; waits while the encoder is behind. Raises its error."""
        if self._error:
            raise self._error
        self._frames.put(picture)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandoned = error is not None
        self._frames.put(None)
        self._thread.join()
        if error is None and self._error is None:
            self._part.replace(self._out)
            return
        self._part.unlink(missing_ok=True)
        if error is None and self._error:
            raise self._error

    def _run(self) -> None:
        frames = self._waiting()
        try:
            self._write(frames)
        except Exception as error:  # raised again in the drawing thread
            self._error = error
            for _ in frames:  # whoever draws must not wait for a queue that nobody empties
                pass

    def _waiting(self) -> Iterator[Array]:
        while (picture := self._frames.get()) is not None:
            yield picture

    def _write(self, frames: Iterator[Array]) -> None:
        with av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            video = container.add_stream("libx264", rate=self._fps, options=self._options)
            video.width, video.height = self._size
            video.pix_fmt = "yuv420p"
            video.time_base = 1 / self._fps
            video.codec_context.time_base = 1 / self._fps
            video.thread_count = 1  # whoever draws keeps the other cores busy
            context = video.codec_context
            context.colorspace = context.color_primaries = context.color_trc = BT601
            context.color_range = LIMITED
            sound = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo") if self._audio else None
            count = 0
            for picture in frames:
                container.mux(video.encode(self._video_frame(picture, count)))
                count += 1
            container.mux(video.encode())
            if sound and self._audio and not self._abandoned:
                samples = round(count * SAMPLE_RATE / self._fps)
                for frame in _sound(self._audio, samples):
                    container.mux(sound.encode(frame))
                container.mux(sound.encode())

    def _video_frame(self, picture: Array, index: int) -> av.VideoFrame:
        yuv: Array = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        frame = av.VideoFrame.from_numpy_buffer(yuv, format="yuv420p")
        frame.pts, frame.time_base = index, 1 / self._fps
        return frame


def _sound(path: Path, samples: int) -> Iterator[av.AudioFrame]:
    """Exactly `samples` stereo samples of a file from its start; silence after its end.

    Raises SoundUnreadable.
    """
    written = 0
    try:
        with av.open(str(path)) as source:
            if not source.streams.audio:
                raise SoundUnreadable(_("There is no sound in this file. Choose an audio file."))
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
            for decoded in source.decode(audio=0):
                for frame in resampler.resample(decoded):
                    if written >= samples:
                        return
                    yield _cut(frame, samples - written, written)
                    written += frame.samples
    except av.error.FFmpegError as error:
        raise SoundUnreadable from error
    while written < samples:
        yield _silence(min(1024, samples - written), written)
        written += 1024


def _timed(frame: av.AudioFrame, at: int) -> av.AudioFrame:
    frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), at
    return frame


def _cut(frame: av.AudioFrame, most: int, at: int) -> av.AudioFrame:
    if frame.samples <= most:
        return _timed(frame, at)
    samples = frame.to_ndarray()[:, :most].copy()
    return _timed(av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo"), at)


def _silence(samples: int, at: int) -> av.AudioFrame:
    return _timed(
        av.AudioFrame.from_ndarray(np.zeros((2, samples), np.float32), format="fltp", layout="stereo"), at
    )
