"""My handwriting as files that others read: an ink file, PNG pictures, and MNIST's own format (IDX)."""

import gzip
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np

from digitlab.data.handwriting_file import MyDrawing, full_line
from digitlab.errors import BlankDrawing
from digitlab.formats import png
from digitlab.image import SIDE
from digitlab.image.prepare import prepare_ink
from digitlab.ink.strokes import CANVAS, Drawing, fit_ink

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of everything in an archive: the same drawings always give the same bytes."""

_UNSIGNED_BYTES = 8
"""IDX's number for this type. Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database", file formats."""


def image_of(drawing: Drawing) -> np.ndarray:
    """The drawing as Draw prepares it, with its own pen: `uint8` of shape (28, 28)."""
    try:
        return prepare_ink(drawing.ink, drawing.pen_width).image
    except BlankDrawing:  # all of it lies beside the canvas, as only a foreign hand can have put it
        return prepare_ink(fit_ink(drawing.ink, CANVAS / 2), drawing.pen_width).image


def to_ink_file(drawings: Sequence[MyDrawing]) -> bytes:
    """The drawings as an ink file, packed with gzip; all that is known of them is in it."""
    return gzip.compress("".join(map(full_line, drawings)).encode(), mtime=0)


def to_png_zip(drawings: Sequence[MyDrawing]) -> bytes:
    """A zip archive with a folder for each digit and in it a picture of 28×28 for each drawing: `7/7-0f3a….png`."""
    return _zip({f"{one.digit}/{one.digit}-{one.id}.png": png(image_of(one)) for one in drawings})


def to_idx_zip(drawings: Sequence[MyDrawing]) -> bytes:
    """A zip archive with MNIST's two files, `images-idx3-ubyte` and `labels-idx1-ubyte`, in the same order."""
    images = [image_of(one).tobytes() for one in drawings]
    digits = bytes(one.digit for one in drawings)
    return _zip(
        {
            "images-idx3-ubyte": _idx_head(len(drawings), SIDE, SIDE) + b"".join(images),
            "labels-idx1-ubyte": _idx_head(len(drawings)) + digits,
        }
    )


def _idx_head(*sizes: int) -> bytes:
    """Type and shape of what follows: two zero bytes, type, number of dimensions, then each size, big end first."""
    return struct.pack(f">HBB{len(sizes)}I", 0, _UNSIGNED_BYTES, len(sizes), *sizes)


def _zip(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
