import struct

from tests.media.hostile import BROKEN, EMPTY, UNKNOWN_CODEC, case, encoded, film, song
from tests.media.hostile.pictures import jpeg

TOO_SHORT = (
    "Your track is {} s and the section ends at 1.2 s. Move bar 1, choose fewer bars, or "
    "upload the whole track."
)


def wav(
    *, tag: int = 1, channels: int = 2, rate: int = 48_000, bits: int = 16, data: bytes = bytes(9600)
) -> bytes:
    """A WAV that says whatever it is told to."""
    block = channels * bits // 8 & 0xFFFF
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@case("audio", EMPTY)
def no_track_at_all() -> bytes:
    return b""


@case("audio")
def a_list_of_songs() -> bytes:
    return b"[playlist]\nFile1=file:///etc/passwd\nNumberOfEntries=1\n"


@case("audio")
def a_list_of_our_songs() -> bytes:
    return b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:9,\n/etc/passwd\n#EXT-X-ENDLIST\n"


@case("audio")
def notes_without_sound() -> bytes:
    return b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x04\0\xff\x2f\0"


@case("audio")
def a_kind_of_track_that_is_not_taken() -> bytes:
    return encoded(".aiff", "-f", "lavfi", "-i", "sine=d=1.3")


@case("audio", "Your track has 100 channels. Export it in stereo.", "too_many_channels")
def a_hundred_channels() -> bytes:
    return wav(channels=100, data=bytes(48_000 * 200 * 2))


@case("audio", BROKEN)
def no_channels() -> bytes:
    return wav(channels=0)


@case("audio")
def no_rate() -> bytes:
    return wav(rate=0)


@case("audio")
def four_billion_samples_a_second() -> bytes:
    return wav(rate=0xFFFFFFFF)


@case("audio", "Your track has 0 kHz. Export it at 44.1 or 48 kHz.", "wrong_rate")
def a_sample_a_second() -> bytes:
    return wav(rate=1)


@case("audio", BROKEN)
def no_samples() -> bytes:
    return wav(data=b"")


@case("audio", TOO_SHORT.format("0.0"), "too_short")
def one_sample() -> bytes:
    return wav(data=bytes(4))


@case("audio", UNKNOWN_CODEC)
def a_code_of_nobody() -> bytes:
    return wav(tag=0x4242)


@case("audio")
def a_song_whose_title_is_longer_than_it() -> bytes:
    return b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"TIT2" + bytes(1000)


@case("audio")
def noise_by_the_name_of_a_song() -> bytes:
    return b"\xff\xfb\x90\x64" + bytes(byte * 31 % 251 for byte in range(4000))


@case("audio")
def half_a_page_of_ogg() -> bytes:
    return encoded(".ogg", "-f", "lavfi", "-i", "sine=d=1.3", "-c:a", "libvorbis")[:4200]


@case("audio", BROKEN)
def a_flac_of_nothing() -> bytes:
    return b"fLaC\x80\0\0\x22" + b"\xff" * 34


@case("audio", "Your track is no sound file. Choose an MP3, WAV, FLAC, M4A or OGG file.", "wrong_kind")
def a_film_by_the_name_of_a_song() -> bytes:
    return film()


@case("audio", "Your track is no sound file. Choose an MP3, WAV, FLAC, M4A or OGG file.", "wrong_kind")
def a_picture_by_the_name_of_a_song() -> bytes:
    return jpeg()


@case("audio", TOO_SHORT.format("1.0"), "too_short")
def a_track_that_ends_early() -> bytes:
    return song()
