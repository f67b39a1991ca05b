"""A picture's file without all that is no pixel: comments, profiles, previews and EXIF data.

A decoder takes them on trust, and a small file can be made in which they alone cost minutes and gigabytes. One number
of all that matters here: how the camera was held.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from digitlab.errors import BadPicture

UPRIGHT = 1
"""EXIF's number for a picture that is as it should be; there are eight."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_JPEG = b"\xff\xd8"
_JPEG_PIXELS = (0xE0, 0xEE)
"""Of JPEG's application segments those of JFIF and Adobe, which say what the colours mean."""

_COMMENT, _EXIF, _START_OF_SCAN = 0xFE, 0xE1, 0xDA
_APPLICATION = range(0xE0, 0xF0)
_EXIF_HEAD = b"Exif\0\0"
_ORIENTATION = 0x0112

_MOST_PARTS = 20_000
"""Chunks, segments or reads; files from cameras and programs have some hundreds."""


@dataclass(frozen=True)
class PictureFile:
    """A file with nothing but pixels.

    orientation: EXIF's number, 1 to 8. scans: how often a JPEG goes over its pixels; programs write one, or about ten.
    """

    data: bytes
    orientation: int = UPRIGHT
    scans: int = 1


class Metered(io.BytesIO):
    """A file in memory that may be read so many times, which bounds the parts that a decoder goes through singly."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self._name, self._reads = name, 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file. Raises BadPicture after 20,000 reads."""
        self._reads += 1
        if self._reads > _MOST_PARTS:
            raise _too_many_parts(self._name)
        return super().read(size)


def pixels_only(data: bytes, name: str) -> PictureFile:
    """The file without what is no pixel, where it is a PNG or a JPEG; any other as it is.

    name: what errors call it. What is damaged stays so, for the decoder to say.
    Raises BadPicture for over 20,000 parts.
    """
    if data.startswith(_PNG):
        return _png(data, name)
    if data.startswith(_JPEG):
        return _jpeg(data, name)
    return PictureFile(data, _orientation(_webp_exif(data)))


def _png(data: bytes, name: str) -> PictureFile:
    kept, exif, end = [_PNG], b"", len(_PNG)
    for start, end in _counted(_png_chunks(data), name):
        kind = data[start + 4 : start + 8]
        if kind in _PNG_PIXELS:
            kept.append(data[start:end])
        elif kind == b"eXIf":
            exif = data[start + 8 : end - 4]
    return PictureFile(b"".join([*kept, data[end:]]), _orientation(exif))


def _png_chunks(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each whole chunk, the last of them IEND: length, name, content, checksum."""
    start, kind = len(_PNG), b""
    while kind != b"IEND" and start + 12 <= len(data):
        end = start + 12 + int.from_bytes(data[start : start + 4])
        kind = data[start + 4 : start + 8]
        if end > len(data):
            return
        yield start, end
        start = end


def _jpeg(data: bytes, name: str) -> PictureFile:
    kept, exif, end = [_JPEG], b"", len(_JPEG)
    for start, end in _counted(_jpeg_segments(data), name):
        marker = data[start + 1]
        if marker == _EXIF and data.startswith(_EXIF_HEAD, start + 4):
            exif = exif or data[start + 4 + len(_EXIF_HEAD) : end]
        if marker in _JPEG_PIXELS or not (marker in _APPLICATION or marker == _COMMENT):
            kept.append(data[start:end])
    scans = data.count(bytes((0xFF, _START_OF_SCAN)), end)
    return PictureFile(b"".join([*kept, data[end:]]), _orientation(exif), scans)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each segment before the pixels: 255, marker, length of what follows, content."""
    start = len(_JPEG)
    while start + 4 <= len(data) and data[start] == 0xFF and data[start + 1] != _START_OF_SCAN:
        is_filling = data[start + 1] == 0xFF
        end = start + 1 if is_filling else start + 2 + int.from_bytes(data[start + 2 : start + 4])
        yield start, end
        start = end


def _counted(parts: Iterator[tuple[int, int]], name: str) -> Iterator[tuple[int, int]]:
    for number, part in enumerate(parts):
        if number > _MOST_PARTS:
            raise _too_many_parts(name)
        yield part


def _too_many_parts(name: str) -> BadPicture:
    return BadPicture(f"{name} is made of over {_MOST_PARTS:,} parts. Save it again as PNG or JPEG.")


def _webp_exif(data: bytes) -> bytes:
    """The EXIF data of a WebP file: a chunk of its name, its length and its content; empty where there are none."""
    start = data.find(b"EXIF", 12) if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else -1
    return b"" if start < 0 else data[start + 8 : start + 8 + int.from_bytes(data[start + 4 : start + 8], "little")]


def _orientation(exif: bytes) -> int:
    """What EXIF data say of the orientation, 1 to 8; damaged ones say nothing, which is 1."""
    exif = exif.removeprefix(_EXIF_HEAD)
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, start)
        for number in range(entries):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else UPRIGHT
    except struct.error:  # it points beyond its end
        return UPRIGHT
    return UPRIGHT
