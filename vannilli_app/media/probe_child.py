"""`python -m vannilli_app.media.probe_child FILE`: decode a stranger's file and print as JSON what it is.

A program of its own, so that a file made to break a decoder breaks only this, within the limits that
`probe` sets. Prints `{"error": …}` with one of the keys of `probe.REASONS` when the file is refused.
"""

import json
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.container
import av.error

from vannilli_app.media import CODECS, FORMATS
from vannilli_app.media.pictures import HEAD_BYTES, MAX_PIXELS, Header, header, is_whole

# A long 4K film takes longer to decode than a person waits: past this the packets alone are counted.
DECODE_SECONDS = 8
# What an MP4's index may promise beyond what is there: more is missing when the file was cut off.
MISSING_SECONDS = Fraction(1, 2)
MAX_FILM_PIXELS = 4096 * 4096  # of one frame
LOOK_PIXELS = 8192 * 8192  # that FFmpeg may decode to find out what is there: 8K is told from what is damaged


class Refused(Exception):
    """The key of the reason."""


@dataclass
class Count:
    """What one stream held. Times are in seconds on the container's clock."""

    packets: int = 0
    decoded: int = 0
    samples: int = 0
    first: Fraction | None = None
    last: Fraction = Fraction(0)
    end: Fraction = Fraction(0)

    def saw(self, packet: "av.Packet[Any]") -> None:
        if packet.pts is None:
            raise Refused("broken")
        start = packet.pts * packet.time_base
        self.packets += 1
        self.first = start if self.first is None else min(self.first, start)
        self.last = max(self.last, start)
        self.end = max(self.end, start + (packet.duration or 0) * packet.time_base)


def main(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise Refused("missing")
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty")
    with path.open("rb") as file:
        picture = header(file.read(HEAD_BYTES))
    if picture and picture.width * picture.height > MAX_PIXELS:
        raise Refused("picture_too_large")
    return {**(_picture(path, picture) if picture else _recording(path)), "size_bytes": size}


def _open(path: Path, max_pixels: int, demuxer: str | None = None) -> av.container.InputContainer:
    """The sides that a decoder may come upon are bounded too: they may differ from what the header says."""
    decoding = {"codec_whitelist": CODECS, "max_pixels": str(max_pixels)}
    looking = {"protocol_whitelist": "file", "format_whitelist": FORMATS, "codec_whitelist": CODECS}
    options = looking | {"max_pixels": str(LOOK_PIXELS)}
    try:
        container = av.open(f"file:{path}", format=demuxer, options=options)
    except MemoryError as error:
        raise Refused("too_much") from error
    except (av.error.FFmpegError, ValueError) as error:
        raise Refused("not_media") from error
    for stream in (*container.streams.video, *container.streams.audio):
        if stream.codec_context is not None:
            stream.codec_context.options = decoding
    return container


def _picture(path: Path, picture: Header) -> dict[str, Any]:
    if not is_whole(path.read_bytes()):
        raise Refused("broken")
    try:
        with _open(path, MAX_PIXELS, picture.demuxer) as container:
            frame = next(container.decode(video=0))
            codec = container.streams.video[0].codec_context.name
    except MemoryError as error:
        raise Refused("too_much") from error
    except (av.error.FFmpegError, StopIteration) as error:
        raise Refused("broken") from error
    return {"kind": "image", "container": picture.format, "video_codec": codec, **_shape(frame)}


def _recording(path: Path) -> dict[str, Any]:
    with _open(path, MAX_FILM_PIXELS) as container:
        return _found(container)


def _found(container: av.container.InputContainer) -> dict[str, Any]:
    # The cover picture in a song's file is a video stream that is none.
    films = [
        one for one in container.streams.video if not one.disposition & av.stream.Disposition.attached_pic
    ]
    chosen = [*films[:1], *container.streams.audio[:1]]
    if not chosen:
        raise Refused("not_media")
    _require_known(chosen)
    counts = {one.index: Count() for one in chosen}
    shapes: dict[str, Any] = {}
    until = time.monotonic() + DECODE_SECONDS
    try:
        for stream in chosen:
            stream.codec_context.thread_count = 2
        for packet in container.demux(*chosen):
            count = counts[packet.stream.index]
            if packet.size and not packet.is_discard:  # what an edit list hides is there only to be decoded
                count.saw(packet)
            if time.monotonic() < until:
                for frame in packet.decode():
                    count.decoded += 1
                    if isinstance(frame, av.VideoFrame):
                        shapes = shapes or _shape(frame)
                    elif isinstance(frame, av.AudioFrame):
                        count.samples += frame.samples
    except MemoryError as error:
        raise Refused("too_much") from error
    except av.error.FFmpegError as error:
        raise Refused("broken") from error
    if not all(count.decoded for count in counts.values()):
        raise Refused("broken")
    if "mov" in container.format.name and any(_cut_off(one, counts[one.index]) for one in chosen):
        raise Refused("broken")
    sound = container.streams.audio[0] if container.streams.audio else None
    film = films[0] if films else None
    found: dict[str, Any] = {"kind": "video" if film else "audio", "container": container.format.name}
    if sound is not None:
        found |= {"audio_codec": sound.codec_context.name, "channels": sound.codec_context.channels}
        found |= {"sample_rate": sound.codec_context.sample_rate}
    if film is not None:
        return found | {"video_codec": film.codec_context.name} | shapes | _times(counts[film.index])
    assert sound is not None
    return found | {"duration": str(_sound_length(counts[sound.index], sound.codec_context.sample_rate))}


def _require_known(streams: "list[av.stream.Stream]") -> None:
    for stream in streams:
        context = stream.codec_context
        if context is None or context.name not in CODECS.split(","):
            raise Refused("unknown_codec")
        if isinstance(context, av.VideoCodecContext) and context.width * context.height > MAX_FILM_PIXELS:
            raise Refused("film_too_large")


def _cut_off(stream: "av.stream.Stream", count: Count) -> bool:
    if not stream.duration or stream.time_base is None:
        return False
    return stream.duration * stream.time_base - (count.end - (count.first or 0)) > MISSING_SECONDS


def _times(count: Count) -> dict[str, Any]:
    """Average rate and length by timestamps: browsers' WebM has neither, and its rate varies."""
    assert count.first is not None
    span = count.last - count.first
    fps = ((count.packets - 1) / span).limit_denominator(1001) if span > 0 else Fraction(0)
    end = max(count.end, count.last + (1 / fps if fps else 0))
    return {"fps": str(fps), "frames": count.packets, "duration": str(end - count.first)}


def _sound_length(count: Count, rate: int) -> Fraction:
    """By samples when all were decoded: a song's timestamps count the encoder's padding."""
    by_packets = count.end - (count.first or 0)
    by_samples = Fraction(count.samples, rate)
    return by_samples if abs(by_packets - by_samples) < 1 else by_packets


def _shape(frame: av.VideoFrame) -> dict[str, Any]:
    if frame.rotation % 90:
        raise Refused("oddly_turned")
    turned = frame.rotation % 180 != 0
    width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
    return {"width": width, "height": height, "rotation": frame.rotation % 360}


if __name__ == "__main__":
    try:
        answer = main(Path(sys.argv[1]))
    except Refused as refused:
        answer = {"error": str(refused)}
    except MemoryError:
        answer = {"error": "too_much"}
    sys.stdout.write(json.dumps(answer))
