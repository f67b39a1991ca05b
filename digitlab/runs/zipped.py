"""Zip files from outside: counted and measured by what they claim before a byte is unpacked."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from digitlab.errors import BadRun
from digitlab.formats import short

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What digitlab and NumPy write; the other packings need far more time and memory."""

_ENTRY = b"PK\x01\x02"
"""Begins each entry in a zip file's list of members."""

_FREE, _RATIO = 10_000_000, 100
"""Bytes that anything may unpack to, and how many times its own size beyond that: scores and weights hardly shrink."""

_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OverflowError, RuntimeError, ValueError)
"""What Python's zipfile raises for damaged and foreign files; NotImplementedError is a RuntimeError."""


@contextmanager
def opened_zip(data: bytes, what: str, remedy: str, most_members: int, most_bytes: int) -> Iterator[zipfile.ZipFile]:
    """A zip file's content, to read its members within the block.

    Raises BadRun for a file that is damaged anywhere, has more members or would unpack to more than it may, or is
    packed in a way that digitlab does not write; so also for damage that is found within the block.
    what, remedy: begin and end each of these lines.
    """
    try:
        if (found := data.count(_ENTRY)) > most_members:
            raise BadRun(f"{what} is larger than digitlab makes any: {found} files. {remedy}")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if unpacked > min(most_bytes, _FREE + _RATIO * len(data)):
                size = f"{unpacked / 1e6:,.0f} MB when unpacked"
                raise BadRun(f"{what} is larger than digitlab makes any: {size}. {remedy}")
            _check_members(members)
            yield archive
    except _DAMAGED as error:
        raise BadRun(f"{what} is damaged or not a zip file of digitlab's ({error}). {remedy}") from error


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Raises BadZipFile when two have one name, or one is packed in another way."""
    if len({member.filename for member in members}) < len(members):
        raise zipfile.BadZipFile("it holds two files of one name")
    for member in members:
        if member.compress_type not in _METHODS:
            raise zipfile.BadZipFile(f"{short(member.filename)} is packed in another way")
