"""The mark that a file itself carries: IPTC's digital source type in an XMP packet, in MP4, JPEG and GIF.

Written where every reader looks: XMP specification part 3 for JPEG (APP1) and GIF (an application extension), and the
`uuid` box at the top level for MP4. In an MP4 it is the last box, so no offset in the file moves.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

SourceType = Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
"""IPTC NewsCodes: made wholly by a trained model, or put together from such media and others."""

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MOST_BYTES = 1 << 20  # of one packet that is read
_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_GIF = b"\x21\xff\x0bXMP DataXMP"
# A GIF reader that does not know XMP takes the packet for blocks; wherever it lands here, it comes to the end.
_GIF_END = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
_FOUND = re.compile(rb"DigitalSourceType\b[^<>]{0,200}?[\"'>]\s*" + VOCABULARY.encode() + rb"(\w{1,64})")


def write(path: Path, source: SourceType, *, notice: str, tool: str) -> None:
    """Add the mark to one of our own finished files, with a sentence for people."""
    packet = _packet(source, notice, tool)
    with path.open("r+b") as file:
        begin = file.read(12)
        if begin[4:8] == b"ftyp":
            file.seek(0, 2)
            file.write((24 + len(packet)).to_bytes(4, "big") + b"uuid" + _UUID + packet)
        elif begin.startswith(b"\xff\xd8"):
            _insert(file, _after_jfif(begin), _segment(packet))
        elif begin.startswith(b"GIF89a"):
            _insert(file, path.stat().st_size - 1, _GIF + packet + _GIF_END)
        else:
            raise ValueError(f"no place for XMP in {path.name}")


def read(path: Path) -> str | None:
    """The digital source type that a stranger's file says it has, None when it says none. Nothing is proven by it."""
    with path.open("rb") as file:
        begin = file.read(12)
        packets = _boxes(file) if begin[4:8] == b"ftyp" else iter([_ends(file, path.stat().st_size)])
        for packet in packets:
            if found := _FOUND.search(packet):
                return found[1].decode()
    return None


def _packet(source: SourceType, notice: str, tool: str) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        f' Iptc4xmpExt:DigitalSourceType="{VOCABULARY}{source}" xmp:CreatorTool="{tool}">'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{notice}</rdf:li></rdf:Alt></dc:description>'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _segment(packet: bytes) -> bytes:
    return b"\xff\xe1" + (2 + len(_JPEG) + len(packet)).to_bytes(2, "big") + _JPEG + packet


def _after_jfif(begin: bytes) -> int:
    """Where a segment may stand: JFIF's has to be the first."""
    return 4 + int.from_bytes(begin[4:6], "big") if begin[2:4] == b"\xff\xe0" else 2


def _insert(file: BinaryIO, at: int, piece: bytes) -> None:
    file.seek(at)
    rest = file.read()
    file.seek(at)
    file.write(piece + rest)


def _boxes(file: BinaryIO) -> Iterator[bytes]:
    """The XMP boxes at the top level of an MP4."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(24)
        size = int.from_bytes(head[:4], "big")
        if size == 1:  # the size stands in the eight bytes that follow
            size = int.from_bytes(head[8:16], "big")
        if head[4:8] == b"uuid" and head[8:24] == _UUID:
            yield file.read(min(size, MOST_BYTES))
        if len(head) < 8 or size < 8:
            return
        at += size


def _ends(file: BinaryIO, size: int) -> bytes:
    """The parts of a picture in which a packet stands: the first and the last megabyte."""
    file.seek(0)
    first = file.read(MOST_BYTES)
    file.seek(max(len(first), size - MOST_BYTES))
    return first + file.read(MOST_BYTES)
