"""Pictures as people upload them, and as a request sends them."""

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from digitlab.image.photo import find_ink, open_picture
from digitlab.image.prepare import prepare_grey
from digitlab.image.segment import find_lines
from digitlab.ink.strokes import draw_ink
from tests.fuzz.harness import Kind
from tests.fuzz.mutants import mutate_bytes, mutate_png, png_of

_SEVEN = [[[60.0, 60.0], [200.0, 60.0], [120.0, 230.0]]]
_EXIF_ORIENTATION = 274


@lru_cache(1)
def _whole() -> Sequence[bytes]:
    grey = Image.fromarray(255 - draw_ink(_SEVEN, 18.0, (280, 280)))
    clear = grey.convert("RGBA")
    clear.putalpha(Image.fromarray(draw_ink(_SEVEN, 18.0, (280, 280))))
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    exif = Image.Exif()
    exif.update({_EXIF_ORIENTATION: 6, 271: "camera", 306: "2026:01:01 00:00:00"})
    exif.get_ifd(34665).update({33434: 0.01, 37500: b"note" * 20})
    return [
        _saved(grey, "PNG"),
        _saved(grey.convert("RGB"), "PNG", exif=exif),
        _saved(clear, "PNG"),
        _saved(grey.convert("P"), "PNG"),
        _saved(grey.convert("1"), "PNG"),
        _saved(deep, "PNG"),
        _saved(grey.convert("RGB"), "JPEG", exif=exif),
        _saved(grey, "JPEG", progressive=True),
        _saved(grey.convert("CMYK"), "JPEG"),
        _saved(grey.convert("RGB"), "WEBP", exif=exif),
        _saved(clear, "WEBP", lossless=True),
        _saved(grey, "GIF", save_all=True, append_images=[grey.rotate(90)]),
    ]


def _saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.resize((140, 140) if form == "PNG" else (120, 150)).save(file, form, **options)
    return file.getvalue()


def _mutate(data: bytes, random: Random) -> bytes:
    if data.startswith(b"\x89PNG"):
        return mutate_png(data, random)
    if random.random() < 0.5 and (at := data.find(b"Exif")) > 0:  # what lies behind the EXIF header is read by itself
        return data[:at] + mutate_bytes(data[at : at + 300], random) + data[at + 300 :]
    return mutate_bytes(data, random)


def _read(data: bytes, _folder: Path) -> object:
    ink = find_ink(open_picture(data))
    find_lines(ink)
    return prepare_grey(ink).image.shape


def _noise() -> bytes:
    random = np.random.default_rng(0)
    specks = (random.random((1024, 1024)) < 0.06) * np.uint8(255)
    return _plain(Image.fromarray(specks))


def _blank(width: int, height: int, bits: int, colours: int) -> Callable[[], bytes]:
    """A PNG of zeros, packed row by row: Pillow would hold all of it. colours: PNG's number of the kind of colour."""

    def make() -> bytes:
        packer, row = zlib.compressobj(1), bytes(1 + (width * bits + 7) // 8)
        lines = max(1, 1_000_000 // len(row))
        whole, rest = divmod(height, lines)
        data = b"".join(packer.compress(row * lines) for _ in range(whole)) + packer.compress(row * rest)
        header = struct.pack(">IIBBBBB", width, height, min(bits, 8), colours, 0, 0, 0)
        return png_of([(b"IHDR", header), (b"IDAT", data + packer.flush()), (b"IEND", b"")])

    return make


def _plain(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


PICTURES = Kind(
    "pictures",
    _whole,
    _mutate,
    _read,
    {
        "a line of 50 million pixels": _blank(1, 50_000_000, 1, 0),
        "50 million pixels": _blank(8000, 6200, 8, 0),
        "50 million pixels in colour with alpha": _blank(7000, 7000, 32, 6),
        "a picture of noise": _noise,
        "no bytes": lambda: b"",
    },
)
