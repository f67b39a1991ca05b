"""Pictures opened, their ink found, and how much of what is written on photos is read right.

The photos show pen digits that no model has learned from.
"""

import io
import struct
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab.data import PartName
from digitlab.data.pen import pen_drawings
from digitlab.errors import BadPicture, BlankDrawing
from digitlab.image.photo import FORMATS, find_ink, open_picture
from digitlab.image.prepare import prepare_picture
from digitlab.ink.strokes import LabelledDrawing
from digitlab.reading.number import as_text, find_number, read_number
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS
from tests.synthetic_photos import KINDS, Photo, take_photo

SEED = 100

SINGLES = {800: 6, 1600: 3}
NUMBERS = {800: (2, 3, 3, 4), 1600: (2, 4)}
"""By the photo's width in pixels: how many photos of one digit, and the lengths of the numbers on others."""


def photo(paper: int = 235, ink: int = 30, noise: float = 2.0) -> np.ndarray:
    """An upright stroke with a foot to the right, on noisy paper."""
    grey = np.full((200, 150), float(paper))
    grey[40:160, 60:75] = ink
    grey[145:160, 60:110] = ink
    return np.clip(grey + np.random.default_rng(0).normal(0, noise, grey.shape), 0, 255).astype(np.uint8)


def packed(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG file that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_read_from_bytes_and_files(form: str, tmp_path: Path) -> None:
    data = packed(Image.fromarray(photo()), form)
    file = tmp_path / "picture"
    file.write_bytes(data)
    for source in (data, file, str(file)):
        assert open_picture(source).size == (150, 200)


def test_a_missing_picture_is_named() -> None:
    with pytest.raises(BadPicture, match=r"nowhere\.png cannot be read: No such file or directory"):
        open_picture(Path("nowhere.png"))


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(BadPicture, match="Is a directory"):
        open_picture(tmp_path)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    with pytest.raises(BadPicture, match=r"empty\.png is empty \(0 bytes\)"):
        open_picture(tmp_path / "empty.png")


def test_a_name_is_used_for_bytes() -> None:
    with pytest.raises(BadPicture, match="my upload is empty"):
        open_picture(b"", "my upload")


@pytest.mark.parametrize("data", [b"just some text\n", b"\x00", b"<svg/>", b"%PDF-1.4", bytes(1000)])
def test_a_file_that_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadPicture, match=r"is not a picture that can be read. Choose a PNG, JPEG, WebP or GIF file"):
        open_picture(data)


@pytest.mark.parametrize("form", ["BMP", "TIFF"])
def test_other_formats_are_refused(form: str) -> None:
    with pytest.raises(BadPicture, match="Choose a PNG, JPEG, WebP or GIF"):
        open_picture(packed(Image.fromarray(photo()), form))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(form: str, share: float) -> None:
    data = packed(Image.fromarray(photo()), form)
    with pytest.raises(BadPicture, match=r"Choose a PNG|Save it again as PNG"):
        open_picture(data[: int(len(data) * share)])


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_with_wrong_bytes_never_raises_anything_else(form: str) -> None:
    good, random = packed(Image.fromarray(photo()), form), np.random.default_rng(0)
    for _ in range(100):
        data = bytearray(good)
        data[random.integers(len(data))] = random.integers(256)
        try:
            find_ink(open_picture(bytes(data)))
        except (BadPicture, BlankDrawing):
            continue


@pytest.mark.parametrize("side", [8_000, 30_000])
def test_a_picture_that_claims_far_too_many_pixels_is_refused_unread(side: int) -> None:
    data = png_header(side, side)
    assert len(data) < 200
    with pytest.raises(BadPicture, match="Make it smaller") as caught:
        open_picture(data, "bomb.png")
    assert "bomb.png" in str(caught.value)
    assert f"{side:,}×{side:,}" in str(caught.value) or str(side * side) in str(caught.value)


def test_a_photo_keeps_its_colours() -> None:
    photo = Image.new("RGB", (3000, 2000), "white")
    photo.paste((20, 40, 200), (1000, 500, 2000, 1500))
    red, green, blue = open_picture(packed(photo, "JPEG")).resize((3, 3)).getpixel((1, 1))
    assert blue > 150 > 80 > max(red, green)


def test_a_picture_is_turned_upright_as_its_exif_data_say() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(photo()).rotate(90, expand=True)
    upright = open_picture(packed(turned, "JPEG", exif=exif, quality=95))
    assert upright.size == (150, 200)
    assert np.abs(np.asarray(upright.convert("L"), int) - photo()).mean() < 5


def test_a_large_photo_is_scaled_down_before_it_is_searched() -> None:
    large = Image.fromarray(photo()).resize((3000, 4000))
    assert find_ink(large).shape == (1024, 768)
    assert large.size == (3000, 4000)


def test_dark_on_light_and_light_on_dark_give_the_same_ink() -> None:
    grey = photo()
    assert (find_ink(grey) == find_ink(255 - grey)).all()


def test_the_paper_is_pure_black_and_the_ink_white() -> None:
    ink = find_ink(photo(noise=5))
    drawn = photo(noise=0) < 100
    assert not ink[~drawn].any()
    assert ink[drawn].min() > 200
    assert ink.max() == 255


@pytest.mark.parametrize("shade", [0, 255])
def test_transparent_pictures_show_ink_of_either_shade(shade: int) -> None:
    rgba = np.zeros((100, 80, 4), np.uint8)
    rgba[20:80, 30:40] = (shade, shade, shade, 255)
    ink = find_ink(Image.fromarray(rgba))
    assert (ink[20:80, 30:40] == 255).all()
    assert ink.sum() == 255 * 600


def test_a_wholly_transparent_picture_is_blank() -> None:
    with pytest.raises(BlankDrawing):
        find_ink(Image.new("RGBA", (50, 50), (0, 0, 0, 0)))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "LA", "I", "F", "I;16"])
def test_every_mode_of_a_picture_gives_the_same_ink(mode: str) -> None:
    clean = photo(noise=0)
    picture = Image.fromarray(clean.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(clean).convert(mode)
    assert picture.mode == mode
    drawn = find_ink(picture) > 128
    assert (drawn == (clean < 100)).all()


def test_a_black_and_white_picture_gives_its_ink() -> None:
    drawn = photo(noise=0) < 100
    assert ((find_ink(Image.fromarray(~drawn)) > 0) == drawn).all()


def test_a_16_bit_png_is_read_with_its_full_range() -> None:
    deep = Image.fromarray(photo(noise=0).astype(np.uint16) * 257)
    assert ((find_ink(open_picture(packed(deep))) > 128) == (photo(noise=0) < 100)).all()


def test_a_palette_png_with_a_transparent_colour_is_read() -> None:
    picture = Image.fromarray((photo(noise=0) < 100).astype(np.uint8), "P")
    picture.putpalette([255, 255, 255, 0, 0, 0])
    data = packed(picture, transparency=0)
    assert ((find_ink(open_picture(data)) > 0) == (photo(noise=0) < 100)).all()


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_uniform_picture_is_blank(shade: int) -> None:
    with pytest.raises(BlankDrawing, match="No ink stands out"):
        find_ink(np.full((60, 60), shade, np.uint8))


@pytest.mark.parametrize("spread", [3, 15, 40])
def test_noise_alone_is_blank(spread: int) -> None:
    noise = np.random.default_rng(1).normal(128, spread, (60, 60))
    with pytest.raises(BlankDrawing):
        find_ink(np.clip(noise, 0, 255).astype(np.uint8))


def test_faint_pencil_is_still_found_and_fainter_is_not() -> None:
    assert find_ink(photo(paper=235, ink=195, noise=1)).any()
    with pytest.raises(BlankDrawing):
        find_ink(photo(paper=235, ink=225, noise=1))


def test_a_speck_of_dust_is_not_ink() -> None:
    grey = photo(noise=0)
    grey[5:7, 140:142] = 0
    assert not find_ink(grey)[:20].any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (3, 2), (1, 3000)])
def test_tiny_and_narrow_pictures_are_handled(shape: tuple[int, int]) -> None:
    with pytest.raises(BlankDrawing):
        find_ink(np.full(shape, 200, np.uint8))


@cache
def drawings(folder: Path) -> Sequence[LabelledDrawing]:
    return pen_drawings(folder, PartName.TEST, 0.1)


@cache
def reader() -> Predictor:
    return Predictor(Run(CHECKPOINTS / "cnn"))


def photos(kind: str, folder: Path, lengths: Sequence[int]) -> list[Photo]:
    """One photo of each length, in digits."""
    random, all_drawings = np.random.default_rng([SEED, *kind.encode(), *lengths]), drawings(folder)
    return [take_photo(kind, [all_drawings[i] for i in random.choice(len(all_drawings), n)], random) for n in lengths]


def number_on(photo: Photo) -> str:
    try:
        found = find_number(find_ink(photo.picture), reader())
    except BlankDrawing:
        return ""
    return as_text(found, read_number(found, reader()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.long
def test_single_digits_on_photos_are_read(kind: str, pen_folder: Path) -> None:
    taken = photos(kind, pen_folder, [1] * SINGLES[KINDS[kind].size[0]])
    right = [str(reader().read(prepare_picture(photo.picture).image).digit) == photo.text for photo in taken]
    assert sum(right) >= len(taken) - 1


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_on_photos_are_read_whole(kind: str, pen_folder: Path) -> None:
    taken = photos(kind, pen_folder, NUMBERS[KINDS[kind].size[0]])
    assert sum(number_on(photo) == photo.text for photo in taken) >= len(taken) - 1
