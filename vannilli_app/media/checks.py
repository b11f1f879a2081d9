"""Whether a file will do: before its upload by what is promised, after it by what it was found to be. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from vannilli_app.errors import Invalid, TooLarge, UnsupportedMedia
from vannilli_app.media.probe import MediaInfo
from vannilli_app.words import N_, _, number

Kind = Literal["driver_video", "target_image", "audio"]

MEGABYTE = 1_000_000
# A performance may end this much early (product.md section 6): its last frame is held.
SHORT_BY = Fraction(1, 2)
# A track bounced to the section's length may lose an encoder's rounding: silence fills it.
TRACK_SHORT_BY = Fraction(1, 20)
DRIVER_SIDES = (340, 3850)
DRIVER_FPS = (10, 240)
IMAGE_SIDE = 300
IMAGE_RATIO = Fraction(5, 2)
CHANNELS = 2
DRIVER_CHANNELS = 8  # of a camera with surround sound
LONGEST_SECONDS = 2 * 3600
TRACK_RATES = (8_000, 192_000)


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be uploaded as one kind: `types` maps a content type to the file extension it is stored with."""

    name: str
    types: Mapping[str, str]
    max_bytes: int
    wanted: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a file. An `error` must be mended, a `warning` may be read."""

    code: str
    severity: Literal["error", "warning"]
    detail: str


def _types(**extensions: str) -> Mapping[str, str]:
    return MappingProxyType({kind: ext for ext, kinds in extensions.items() for kind in kinds.split()})


LIMITS: Mapping[Kind, Limit] = MappingProxyType(
    {
        "driver_video": Limit(
            N_("performance"),
            _types(mp4="video/mp4", mov="video/quicktime", webm="video/webm"),
            500 * MEGABYTE,
            N_("an MP4, MOV or WebM video"),
        ),
        "target_image": Limit(
            N_("picture"),
            _types(jpg="image/jpeg", png="image/png", webp="image/webp"),
            10 * MEGABYTE,
            N_("a JPEG, PNG or WebP picture"),
        ),
        "audio": Limit(
            N_("track"),
            _types(
                mp3="audio/mpeg audio/mp3",
                wav="audio/wav audio/x-wav audio/wave audio/vnd.wave",
                flac="audio/flac audio/x-flac",
                m4a="audio/mp4 audio/x-m4a",
                ogg="audio/ogg",
            ),
            100 * MEGABYTE,
            N_("an MP3, WAV, FLAC, M4A or OGG file"),
        ),
    }
)


def check_upload(kind: Kind, content_type: str, size_bytes: int) -> None:
    """Raise `UnsupportedMedia`, `TooLarge` or `Invalid` (empty) for an upload that is not worth starting."""
    limit = LIMITS[kind]
    if content_type not in limit.types:
        raise UnsupportedMedia(_wrong_format(limit))
    if size_bytes > limit.max_bytes:
        raise TooLarge(_too_large(limit, size_bytes))
    if size_bytes < 1:
        raise Invalid(_("Your {kind} is an empty file. Choose it again.", kind=_(limit.name)))


def check_driver(info: MediaInfo, section_seconds: Fraction) -> list[Finding]:
    """Whether a performance can drive a section of this exact length."""
    return list(_driver(info, section_seconds))


def check_image(info: MediaInfo) -> list[Finding]:
    """Whether a picture can be animated."""
    return list(_image(info))


def check_track(info: MediaInfo, needed_seconds: Fraction) -> list[Finding]:
    """Whether a track reaches as far as the section's end, `needed_seconds` from the track's start."""
    return list(_track(info, needed_seconds))


def _driver(info: MediaInfo, section: Fraction) -> Iterator[Finding]:
    limit = LIMITS["driver_video"]
    if info.kind != "video":
        yield _error(
            "wrong_kind",
            _("Your performance has no moving picture. Choose {wanted}.", wanted=_(limit.wanted)),
        )
        return
    yield from _format(info, limit, {"mov", "matroska"})
    low, high = DRIVER_SIDES
    if min(info.width, info.height) < low:
        yield _error(
            "too_small",
            _(
                "Your performance is {sides} px. Film it at {least} px a side or more.",
                sides=_sides(info),
                least=low,
            ),
        )
    if max(info.width, info.height) > high:
        yield _error(
            "too_wide", _("Your performance is {sides} px. Film it at 4K or less.", sides=_sides(info))
        )
    slow, fast = DRIVER_FPS
    if info.frames < 2 or info.fps < slow:
        yield _error(
            "too_few_frames",
            _("Your performance has under {least} frames a second. Film it again.", least=slow),
        )
    if info.fps > fast:
        yield _error(
            "too_many_frames",
            _("Your performance has over {most} frames a second. Export it at 30.", most=fast),
        )
    if info.channels > DRIVER_CHANNELS:
        yield _error(
            "too_many_channels",
            _("Your performance has {n} channels of sound. Use stereo.", n=info.channels),
        )
    yield from _not_endless(info, limit)
    if info.duration < section - SHORT_BY:
        yield _error(
            "too_short",
            _(
                "Your performance is {lasts} and the section {section}. Perform it to the end, or choose fewer bars.",
                lasts=_seconds(info.duration),
                section=_seconds(section),
            ),
        )
    if not info.has_audio:
        yield Finding(
            "no_sound",
            "warning",
            _("Your performance has no sound, so its timing is taken from the recording alone."),
        )


def _image(info: MediaInfo) -> Iterator[Finding]:
    limit = LIMITS["target_image"]
    if info.kind != "image":
        yield _error(
            "wrong_kind", _("Your picture is no still picture. Choose {wanted}.", wanted=_(limit.wanted))
        )
        return
    yield from _format(info, limit, {"jpeg", "png", "webp"})
    short, long = sorted((info.width, info.height))
    if short < IMAGE_SIDE:
        yield _error(
            "too_small",
            _(
                "Your picture is {sides} px. Use one of {least} px a side or more.",
                sides=_sides(info),
                least=IMAGE_SIDE,
            ),
        )
    if Fraction(long, short) > IMAGE_RATIO:
        yield _error(
            "wrong_ratio", _("Your picture is too long and narrow. Crop it to 2.5 times its width or less.")
        )


def _track(info: MediaInfo, needed: Fraction) -> Iterator[Finding]:
    limit = LIMITS["audio"]
    if info.kind != "audio":
        yield _error("wrong_kind", _("Your track is no sound file. Choose {wanted}.", wanted=_(limit.wanted)))
        return
    yield from _format(info, limit, {"mp3", "wav", "flac", "mov", "ogg"})
    if info.channels > CHANNELS:
        yield _error(
            "too_many_channels", _("Your track has {n} channels. Export it in stereo.", n=info.channels)
        )
    low, high = TRACK_RATES
    if not low <= info.sample_rate <= high:
        yield _error(
            "wrong_rate",
            _("Your track has {rate} kHz. Export it at 44.1 or 48 kHz.", rate=info.sample_rate // 1000),
        )
    yield from _not_endless(info, limit)
    if info.duration < needed - TRACK_SHORT_BY:
        yield _error(
            "too_short",
            _(
                "Your track is {lasts} and the section ends at {end}. Move bar 1, choose fewer bars, or upload the"
                " whole track.",
                lasts=_seconds(info.duration),
                end=_seconds(needed),
            ),
        )


def _format(info: MediaInfo, limit: Limit, containers: set[str]) -> Iterator[Finding]:
    if containers.isdisjoint(info.container.split(",")):
        yield _error("wrong_format", _wrong_format(limit))
    if info.size_bytes > limit.max_bytes:
        yield _error("too_large", _too_large(limit, info.size_bytes))


def _not_endless(info: MediaInfo, limit: Limit) -> Iterator[Finding]:
    if info.duration > LONGEST_SECONDS:
        yield _error(
            "too_long",
            _("Your {kind} says that it lasts over 2 hours. Cut it to the section.", kind=_(limit.name)),
        )


def _error(code: str, detail: str) -> Finding:
    return Finding(code, "error", detail)


def _too_large(limit: Limit, size_bytes: int) -> str:
    size = -(-size_bytes // MEGABYTE)
    return _(
        "Your {kind} is {size}. It may have {most} at most.",
        kind=_(limit.name),
        size=f"{size} MB",
        most=f"{limit.max_bytes // MEGABYTE} MB",
    )


def _wrong_format(limit: Limit) -> str:
    return _("Your {kind} must be {wanted}.", kind=_(limit.name), wanted=_(limit.wanted))


def _sides(info: MediaInfo) -> str:
    return _("{width} by {height}", width=info.width, height=info.height)


def _seconds(value: Fraction) -> str:
    return number(f"{float(value):.1f} s")
