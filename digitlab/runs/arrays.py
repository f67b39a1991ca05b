"""Arrays in .npz files: each one's size and type are known, and fit, before a number of it is read."""

import io
import math
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab.errors import BadRun
from digitlab.files import read_bytes, write_bytes
from digitlab.runs.zipped import opened_zip

_MOST_BYTES = 64_000_000
_MOST_MEMBERS = 16
_LONGEST_HEADER = 1000

_MAGIC = b"\x93NUMPY\x01\x00"
_HEADER = re.compile(
    rb"\{'descr': '([<>|=](?:f[248]|[iu][1248]|U[1-9][0-9]{0,2}))', 'fortran_order': (False|True),"
    rb" 'shape': \(([0-9, ]*)\), \} *\n"
)
"""As NumPy writes it for arrays of numbers or short texts; objects and records have other ones."""


@dataclass(frozen=True)
class Form:
    """What an array must be. kinds: beginnings of NumPy's short name of its type, such as `u1` for `uint8` and `f` for
    any float. shape: None stands for the number of rows."""

    kinds: tuple[str, ...]
    shape: tuple[int | None, ...]


def save_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays, whole or not at all."""
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]  # its stubs take the first name for a flag
    write_bytes(path, packed.getvalue())


def load_arrays(path: Path, forms: Mapping[str, Form], most_rows: int, remedy: str) -> dict[str, np.ndarray]:
    """Those of the arrays that the file holds; all have the same number of rows, 1 to `most_rows`.

    Raises BadRun, in a line that ends with the remedy, when the file is missing, damaged or foreign.
    """
    try:
        data = read_bytes(path, _MOST_BYTES)
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. {remedy}") from error
    with opened_zip(data, str(path), remedy, _MOST_MEMBERS, _MOST_BYTES) as archive:
        held = {member.filename: member for member in archive.infolist()}
        found = {
            name: _read(archive, held[f"{name}.npy"], form, most_rows)
            for name, form in forms.items()
            if f"{name}.npy" in held
        }
    rows = {len(array) for name, array in found.items() if None in forms[name].shape}
    if len(rows) > 1:
        raise BadRun(f"{path} is foreign: its arrays have {' and '.join(map(str, sorted(rows)))} rows. {remedy}")
    return found


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, form: Form, most_rows: int) -> np.ndarray:
    """Raises ValueError for an array of another form, and what zipfile raises."""
    with archive.open(member) as file:
        begin = file.read(len(_MAGIC) + 2)
        length = int.from_bytes(begin[len(_MAGIC) :], "little")
        header = _HEADER.fullmatch(file.read(length)) if begin.startswith(_MAGIC) and length < _LONGEST_HEADER else None
        if header is None:
            raise ValueError(f"{member.filename} is not an array of numbers")
        name, turned, sides = header[1].decode(), header[2] == b"True", header[3].decode().split(",")
        shape = tuple(int(side) for side in sides if side.strip())
        if not name[1:].startswith(form.kinds) or not _fits(shape, form.shape, most_rows):
            raise ValueError(f"{member.filename} has the type {name} and the shape {shape}"[:200])
        kind = np.dtype(name)
        size = kind.itemsize * math.prod(shape)
        content = file.read(size + 1)  # to the end: the sum of all bytes is checked there
    if len(content) != size:
        raise ValueError(f"{member.filename} has {len(content)} bytes instead of {size}")
    return np.frombuffer(content, kind).reshape(shape, order="F" if turned else "C")


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...], most_rows: int) -> bool:
    return len(shape) == len(wanted) and all(
        1 <= side <= most_rows if want is None else side == want for side, want in zip(shape, wanted, strict=True)
    )
