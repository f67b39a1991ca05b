"""The lines of a file from outside, plain or gzip, read as a stream: whatever it claims, little of it is held at once.

zlib unpacks here, not the module gzip: that one reads a header's name byte by byte, and starts anew in Python for each
of the parts that a file may be made of, which lets 20 MB take a quarter of a minute.
"""

import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from digitlab.errors import BadInk
from digitlab.formats import count

LONGEST_LINE = 2_000_000
LARGEST = 32_000_000
"""Bytes after unpacking: a gzip file of 1 MB can claim a thousand times as much, and becomes far more in memory."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_FORMAT = 31
"""zlib's number for a gzip header, and the largest window."""

_CHUNK = 1 << 18
_MOST_MEMBERS = 1000
"""Gzip files that may follow one another in a file."""


def numbered_lines(source: Path | bytes, name: str, most: int) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, each with its number, counted from 1.

    source: the file, or its content. name: what errors call it. most: lines that are read, blank ones, too.
    Raises BadInk when the file is missing, damaged, or larger than 32 MB of text, 2 MB a line and so many lines.
    """
    try:
        for number, line in enumerate(_lines(_chunks(source, name), name), start=1):
            if len(line) > LONGEST_LINE or number > most:
                raise BadInk(
                    f"{name}, line {number}: at most {count(most)} lines of {LONGEST_LINE // 1_000_000} MB each are "
                    "read. Split the file."
                )
            if line.strip():
                yield number, line
    except (OSError, EOFError, ValueError, zlib.error) as error:  # a name with a null byte is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInk(f"{name} cannot be read: {reason}. Name an ink file: JSON lines, plain or gzip.") from error


def _lines(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    size, rest = 0, bytearray()
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST:
            raise BadInk(f"{name} holds over {LARGEST // 1_000_000} MB of text, unpacked. Split the file.")
        first, *more = chunk.split(b"\n")
        rest += first
        for following in more:
            yield bytes(rest)
            rest = bytearray(following)
        if len(rest) > LONGEST_LINE:
            break
    if rest:
        yield bytes(rest)


def _chunks(source: Path | bytes, name: str) -> Iterator[bytes]:
    opened: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with opened as file:
        is_packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        file.seek(0)
        if is_packed:
            yield from _unpacked(file, name)
        else:
            yield from iter(lambda: file.read(_CHUNK), b"")


def _unpacked(file: BinaryIO, name: str) -> Iterator[bytes]:
    """What a gzip file holds, at most 256 kB at once. Raises EOFError when it ends too early."""
    packed = file.read(_CHUNK)
    for _ in range(_MOST_MEMBERS):
        unpacker = zlib.decompressobj(_GZIP_FORMAT)
        while not unpacker.eof:
            if not packed:
                raise EOFError("it ends in the middle of its packed data")
            if unpacked := unpacker.decompress(packed, _CHUNK):
                yield unpacked
            packed = unpacker.unconsumed_tail or (b"" if unpacker.eof else file.read(_CHUNK))
        packed = unpacker.unused_data.lstrip(b"\0") or file.read(_CHUNK).lstrip(b"\0")  # some pad with zeros
        if not packed:
            return
    raise BadInk(f"{name} is made of over {_MOST_MEMBERS:,} packed files. Pack it as one.")
