"""What a picture's file holds beside its pixels costs nothing, whatever it claims."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from digitlab.errors import BadPicture
from digitlab.image.photo import find_ink, open_picture
from digitlab.image.picture_file import pixels_only

GREY = np.random.default_rng(0).integers(0, 256, (40, 60)).astype(np.uint8)


def packed(form: str, picture: np.ndarray = GREY, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, form, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG with more chunks behind its header."""
    png = packed("PNG")
    return png[:33] + b"".join(chunks) + png[33:]


def with_segments(*segments: tuple[int, bytes]) -> bytes:
    """A JPEG with more segments at its beginning."""
    jpeg = packed("JPEG")
    return jpeg[:2] + b"".join(struct.pack(">BBH", 255, m, len(c) + 2) + c for m, c in segments) + jpeg[2:]


def exif(orientation: int, order: str = "<", entries: int = 1) -> bytes:
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HI", 42, 8)
    return head + struct.pack(f"{order}H", entries) + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_brought_upright_as_pillow_does(orientation: int, order: str) -> None:
    turned = np.asarray(open_picture(with_chunks(chunk(b"eXIf", exif(orientation, order)))))
    back = {2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud, 5: np.transpose, 6: lambda a: np.rot90(a, -1)}
    back |= {7: lambda a: np.rot90(a.T, 2), 8: np.rot90}
    assert np.array_equal(turned, back.get(orientation, np.asarray)(GREY))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_the_orientation_is_found_in_every_format_that_has_one(form: str) -> None:
    info = Image.Exif()
    info[0x0112] = 6
    assert pixels_only(packed(form, exif=info), "x").orientation == 6


DAMAGED = {
    "points beyond its end": b"II" + struct.pack("<HI", 42, 10**6),
    "an entry that is cut off": exif(6)[:-8],
    "far more entries than there are": exif(6, entries=60_000).replace(struct.pack("<H", 0x0112), b"\0\0"),
    "an orientation of 77": exif(77),
    "no order": b"XX" + exif(6)[2:],
    "no type": exif(6).replace(struct.pack("<HHI", 0x0112, 3, 1), struct.pack("<HHI", 0x0112, 999, 0)),
    "nothing": b"",
    "text where numbers belong": b"II*\0\x08\0\0\0\x02\0" + struct.pack("<HHII", 0x0112, 2, 9, 2**31) * 2,
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_damaged_exif_data_are_passed_over(damage: bytes, form: str) -> None:
    is_png = form == "PNG"
    data = with_chunks(chunk(b"eXIf", damage)) if is_png else with_segments((0xE1, b"Exif\0\0" + damage))
    assert sorted(open_picture(data).size) == [40, 60]


def test_pixels_stay_as_they_are_without_all_the_rest() -> None:
    plain = np.asarray(Image.open(io.BytesIO(packed("JPEG"))))
    told = with_segments(
        (0xE1, b"Exif\0\0" + exif(1)), (0xE2, b"ICC_PROFILE\0" * 9), (0xFE, b"a comment"), (0xED, b"x")
    )
    assert np.array_equal(np.asarray(open_picture(told)), plain)
    assert pixels_only(told, "x").data == packed("JPEG")
    assert pixels_only(with_chunks(chunk(b"tEXt", b"a\0b"), chunk(b"iCCP", b"c")), "x").data == packed("PNG")


def test_colours_of_adobe_and_transparency_are_kept() -> None:
    cmyk = Image.new("CMYK", (20, 20), (0, 50, 100, 150))
    file = io.BytesIO()
    cmyk.save(file, "JPEG", quality=95)
    assert np.array_equal(np.asarray(open_picture(file.getvalue())), np.asarray(Image.open(file)))
    palette = Image.fromarray(GREY // 128).convert("P")
    file = io.BytesIO()
    palette.save(file, "PNG", transparency=0)
    assert open_picture(file.getvalue()).has_transparency_data


PROFILE = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1_000_000), 9))

COSTLY = {
    "a hundred thousand chunks": lambda: with_chunks(chunk(b"tEXt", b"") * 100_000),
    "a hundred thousand pieces of pixels": lambda: packed("PNG")[:33] + chunk(b"IDAT", b"") * 100_000,
    "a hundred thousand segments": lambda: with_segments(*[(0xE5, b"")] * 100_000),
    "a comment of many pieces": lambda: packed("GIF")[:-1] + b"!\xfe" + (b"\xff" + bytes(255)) * 40_000,
    "a comment before the picture": lambda: b"GIF89a" + bytes(7) + b"!\xfe" + (b"\xff" + bytes(255)) * 40_000,
    "hundreds of passes": lambda: progressive(5000, 400),
    "profiles of a gigabyte": lambda: with_chunks(PROFILE * 1000),
}


def progressive(side: int, passes: int) -> bytes:
    """A JPEG that goes over its pixels again and again: its last scan, repeated."""
    jpeg = packed("JPEG", np.full((side, side), 200, np.uint8), progressive=True)
    start = jpeg.rindex(b"\xff\xda")
    return jpeg[:-2] + jpeg[start:-2] * passes + jpeg[-2:]


@pytest.mark.parametrize("make", COSTLY.values(), ids=COSTLY)
def test_a_file_made_to_cost_time_is_read_or_refused_at_once(make: object) -> None:
    data = make()  # type: ignore[operator]
    assert len(data) < 20_000_000
    began = time.process_time()
    try:
        open_picture(data)
    except BadPicture as error:
        assert "\n" not in str(error)
    assert time.process_time() - began < 10  # without a bound it would be minutes


@pytest.mark.parametrize("size", [(1, 50_000_000), (25_000, 2), (5_001, 5_000)])
def test_a_strip_and_a_sheet_beyond_the_limits_are_refused_unread(size: tuple[int, int]) -> None:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    with pytest.raises(BadPicture, match="at most 25 million are read, and 20,000 a side"):
        open_picture(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))


def test_a_picture_without_its_table_of_colours_is_refused_in_one_line() -> None:
    file = io.BytesIO()
    Image.new("P", (30, 30), 3).save(file, "PNG", transparency=0)
    whole = file.getvalue()
    start = whole.index(b"PLTE") - 4
    end = start + 12 + int.from_bytes(whole[start : start + 4])
    with pytest.raises(BadPicture, match="its table of colours is missing"):
        find_ink(open_picture(whole[:start] + whole[end:]))
