"""Pictures from outside: opened safely, and the ink on them told from the paper."""

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from scipy import ndimage

from digitlab.errors import BadPicture, BlankDrawing
from digitlab.formats import printable
from digitlab.image.picture_file import Metered, pixels_only
from digitlab.image.ruled_lines import without_lines

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 50_000_000
MOST_WHOLE_PIXELS = 25_000_000
"""About what the largest phone cameras give, as JPEG, which is scaled down while it is unpacked, and in formats that
are unpacked whole. A small file can claim far more and would fill the memory."""

_MOST_SCANNED = 13 * MOST_PIXELS
"""Pixels × passes over them, of a progressive JPEG: a pass can be a few bytes, and cost as much as a usual picture."""

LONGEST_SIDE = 20_000
"""More than any panorama has; what is longer is a strip that no digit can be seen on."""

_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation → how the picture is brought upright."""

_LONGEST_NAME = 300

_WORKING_SIDE = 1024
_UNEVEN = 6.0
_ASTRAY = 0.1
"""Spread of the border's grey values, as a standard deviation, and share of them that lie far off, from which the light
is taken to be uneven."""

_DARKEST = 32.0
"""Grey level of paper in shadow below which its ink is not brought up to that of lit paper: it is mostly noise."""

_SMALL = 100
_NARROW = 21
"""The paper is estimated on a small picture of 100 pixels; what is narrower than 21 of them counts as ink."""

_FAINTEST = 24
"""Grey levels by which ink must stand out from the paper to count as ink at all."""


def open_picture(source: bytes | str | Path, name: str | None = None, longest_side: int = LONGEST_SIDE) -> Image.Image:
    """A picture from a file or its bytes: PNG, JPEG, WebP or GIF, turned upright as its EXIF data say.

    name: what error messages call it (default: the path). longest_side: in pixels; more is refused.
    Raises BadPicture when it is missing, empty, damaged, no picture of these formats, or has too many pixels.
    """
    name = printable(name or ("the picture" if isinstance(source, bytes) else str(source)), _LONGEST_NAME)
    data = source if isinstance(source, bytes) else _read(Path(source), name)
    if not data:
        raise BadPicture(f"{name} is empty (0 bytes). Choose a PNG, JPEG, WebP or GIF picture.")
    file = pixels_only(data, name)
    try:
        picture = Image.open(Metered(file.data, name), formats=FORMATS)
        _check_size(picture, name, longest_side)
        if picture.width * picture.height * file.scans > _MOST_SCANNED:
            raise BadPicture(f"{name} goes over its pixels {file.scans:,} times. Save it again as PNG.")
        picture.draft("RGB", (_WORKING_SIDE, _WORKING_SIDE))
        picture.load()
        if picture.mode in ("P", "PA") and picture.palette is None:
            raise BadPicture(f"{name} is damaged: its table of colours is missing. Save it again as PNG.")
        turn = _TURNED.get(file.orientation)
        return picture if turn is None else picture.transpose(turn)
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
        raise BadPicture(f"{name} is far too large: {error}. Make it smaller and try again.") from error
    except UnidentifiedImageError as error:
        raise BadPicture(f"{name} is not a picture that can be read. Choose a PNG, JPEG, WebP or GIF file.") from error
    except Exception as error:  # a decoder of foreign bytes: its pixels may make it fail in any way
        reason = printable(str(error).rstrip(".")) or type(error).__name__
        raise BadPicture(f"{name} is damaged: {reason}. Save it again as PNG, JPEG, WebP or GIF.") from error


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise BadPicture(f"{name} cannot be read: {reason}. Name a PNG, JPEG, WebP or GIF file.") from error


def _check_size(picture: Image.Image, name: str, longest_side: int) -> None:
    width, height = picture.size
    most = MOST_PIXELS if picture.format == "JPEG" else MOST_WHOLE_PIXELS
    if width * height > most or max(width, height) > longest_side:
        raise BadPicture(
            f"{name} has {width:,}×{height:,} pixels; at most {most // 1_000_000} million are read, and "
            f"{longest_side:,} a side. Make it smaller and try again."
        )


def find_ink(picture: Image.Image | np.ndarray) -> np.ndarray:
    """What stands out from the paper, as white ink on pure black: `uint8` of shape (height, width).

    Where the picture's border has one even grey, that is the paper; otherwise, as on a photo, the paper is estimated
    around every pixel, so that shadows do not count as ink. Ink is the side of the paper, darker or lighter, on which
    more stands out. Ruled lines, specks and the paper's own noise become 0. Sides over 1,024 pixels are scaled down.
    Raises BlankDrawing when nothing stands out.
    """
    grey = _grey(picture if isinstance(picture, Image.Image) else Image.fromarray(picture))
    paper, noise, is_even = _paper(grey)
    found = _even(grey, paper, noise) if is_even else _uneven(grey)
    ink = without_lines(found)
    least = 4 * noise if is_even else _least_on_photo(ink)
    strongest = float(ink.max())
    if strongest < max(_FAINTEST, least):
        raise BlankDrawing("No ink stands out in the picture. Use a darker pen, better light, or crop it closer.")
    ink[ink <= max(least, 0.02 * strongest)] = 0
    return np.rint(_without_specks(ink, is_even and ink is found) * (255 / strongest)).astype(np.uint8)


def _even(grey: np.ndarray, paper: float, noise: float) -> np.ndarray:
    """How far each pixel is from an even paper, towards ink."""
    difference = grey - paper
    least = 4 * noise
    darker, lighter = np.clip(-difference - least, 0, None).sum(), np.clip(difference - least, 0, None).sum()
    return np.clip(-difference if darker > lighter else difference, 0, None)


def _uneven(grey: np.ndarray) -> np.ndarray:
    """The same for a photo, where light and paper change across the picture.

    The paper is what is left when everything narrower than a fifth of the picture is closed (grey morphology).
    """
    small = np.asarray(Image.fromarray(grey).resize(_small(grey.shape), Image.Resampling.BOX))
    if ((small - ndimage.median_filter(small, 2 * _NARROW)) ** 3).sum() > 0:  # skewed to the light side: light ink
        grey, small = 255 - grey, 255 - small
    wide = np.pad(small, _NARROW, mode="edge")  # mirrored, a shadow that the picture's edge cuts would look like ink
    closed = ndimage.grey_closing(wide, _NARROW)[_NARROW:-_NARROW, _NARROW:-_NARROW]
    closed = ndimage.minimum_filter(closed, 3)  # no ink at a shadow's edge
    around = np.asarray(Image.fromarray(closed).resize(grey.shape[::-1], Image.Resampling.BILINEAR))
    return np.clip(around - grey, 0, None) * (np.median(around) / np.maximum(around, _DARKEST))


def _least_on_photo(ink: np.ndarray) -> float:
    """What counts as ink: six times the noise, or a third of the strongest contrast but for a few pixels."""
    noise = 1.4826 * float(np.median(np.abs(ink - np.median(ink))))
    return max(6 * noise, float(np.percentile(ndimage.uniform_filter(ink, 3), 99.97)) / 3)


def _small(shape: tuple[int, ...]) -> tuple[int, int]:
    """(width, height) with the longer side brought to 100 pixels."""
    factor = _SMALL / max(shape)
    return max(1, round(shape[1] * factor)), max(1, round(shape[0] * factor))


def _grey(picture: Image.Image) -> np.ndarray:
    """Grey values 0..255 as `float32`, at most 1,024 pixels a side."""
    deep = picture.mode.startswith(("I", "F"))
    small = picture.convert("F" if deep else "RGBA" if picture.has_transparency_data else "L")
    small.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.BOX)
    flat = _from_deep(small) if deep else _over_paper(small)
    return np.asarray(flat.convert("L"), np.float32)


def _from_deep(picture: Image.Image) -> Image.Image:
    """16- and 32-bit pictures brought to 8 bits, which `convert` would clip."""
    values = np.nan_to_num(np.asarray(picture, np.float64), posinf=0, neginf=0)
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))


def _over_paper(picture: Image.Image) -> Image.Image:
    """A transparent picture laid on paper of the opposite shade, so that dark and light ink both stay visible."""
    if not picture.has_transparency_data:
        return picture
    rgba = picture.convert("RGBA")
    grey = np.asarray(rgba.convert("RGB").convert("L"), np.float32)
    alpha = np.asarray(rgba.getchannel("A"), np.float32)
    seen = alpha.sum()
    dark = seen == 0 or (grey * alpha).sum() / seen < 128
    paper = Image.new("RGBA", rgba.size, "white" if dark else "black")
    return Image.alpha_composite(paper, rgba)


def _paper(grey: np.ndarray) -> tuple[float, float, bool]:
    """Median of the border's grey values, their spread as a standard deviation (from the median deviation), and
    whether they are even: little spread, and few that are far off, as they are where a shadow falls."""
    rim = max(1, min(grey.shape) // 20)
    border = np.concatenate([part.ravel() for part in (grey[:rim], grey[-rim:], grey[:, :rim], grey[:, -rim:])])
    paper = float(np.median(border))
    noise = 1.4826 * float(np.median(np.abs(border - paper)))
    astray = float((np.abs(border - paper) > max(_FAINTEST, 4 * noise)).mean())
    return paper, noise, noise < _UNEVEN and astray < _ASTRAY


def _without_specks(ink: np.ndarray, is_plain: bool) -> np.ndarray:
    """The ink without connected parts that hold less than 1 % of the largest part's ink.

    On a photo, also without those that reach the picture's edge and hold less than 15 %: rests of shadows and lines.
    """
    labels, count = ndimage.label(ink > 0, np.ones((3, 3)))
    mass = ndimage.sum_labels(ink, labels, np.arange(count + 1))
    mass[0] = 0
    least = np.full(count + 1, 0.01 * mass.max())
    if not is_plain:
        edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        least[np.unique(edge)] = 0.15 * mass.max()
    return np.where((mass >= least)[labels] & (labels > 0), ink, 0)
