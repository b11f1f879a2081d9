"""What a picture is by its header alone: before anything is decoded, a bomb is known by its sides."""

import struct
from dataclasses import dataclass
from typing import Literal

MAX_PIXELS = 50_000_000
HEAD_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Header:
    """Sides in px as stored, before any rotation."""

    format: Literal["jpeg", "png", "webp"]
    width: int
    height: int

    @property
    def demuxer(self) -> str:
        """FFmpeg's reader for one picture; by itself it takes `image2`, which treats names as patterns."""
        return f"{self.format}_pipe"


def header(data: bytes) -> Header | None:
    """Read the first `HEAD_BYTES` of a file; None if this is no JPEG, PNG or WebP."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return Header("png", *struct.unpack(">II", data[16:24]))
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        pass
    return None


def is_whole(data: bytes) -> bool:
    """Whether the file has its end: decoders paint the missing part of a cut picture grey and say nothing."""
    if data.startswith(b"\x89PNG"):
        return b"IEND" in data[-64:]
    if data.startswith(b"\xff\xd8"):
        return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda") > 0
    return len(data) >= 8 + int.from_bytes(data[4:8], "little")


def _jpeg(data: bytes) -> Header | None:
    """Walk the segments (ITU T.81, B.1.1) to the frame header SOFn, which holds the sides."""
    at = 2
    while True:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if data[at] != 0xFF or length < 2:
            return None
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Header("jpeg", width, height)
        at += 2 + length


def _webp(data: bytes) -> Header | None:
    """RFC 9649: the extended header, else the one of the lossless or lossy stream."""
    kind = data[12:16]
    if kind == b"VP8X":
        return Header("webp", *(1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27)))
    if kind == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return Header("webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        return Header("webp", *(side & 0x3FFF for side in struct.unpack("<HH", data[26:30])))
    return None
