"""From any picture or ink to an image, the way MNIST's own images were made.

Find the ink → crop → scale the longer side to 20 pixels by area averaging → place by centre of mass in 28×28 → grey.
Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
Proc. IEEE 86(11), 1998, section III-A.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from digitlab.errors import BadPicture, BlankDrawing
from digitlab.formats import short
from digitlab.image import SIDE
from digitlab.image.photo import find_ink, open_picture
from digitlab.ink.strokes import CANVAS, PEN_WIDTH, Drawing, Ink, check_ink, draw_ink

BOX = 20
STEPS = ("crop", "scale", "centre", "grey")
"""The steps of the preparation in their order; each can be left out, to see what it is good for."""

_CHANNELS = (3, 4)
"""Colours of a picture's pixels: red, green and blue, and perhaps how opaque they are."""

_NO_INK = "There is no ink in the drawing. Draw a digit first."


@dataclass(frozen=True)
class Step:
    """A stage of the preparation: its name and its grey picture, `uint8` of shape (height, width), white ink."""

    name: str
    picture: np.ndarray


@dataclass(frozen=True)
class Prepared:
    """An image ready for a model, `uint8` of shape (28, 28), and the pictures on the way to it.

    remark: a line on the drawing that it shows, as of `ink.remarks`; empty where there is nothing to say.
    """

    image: np.ndarray
    steps: tuple[Step, ...]
    remark: str = ""


def prepare(given: Any, without: Collection[str] = ()) -> Prepared:
    """Prepare whatever shows one digit.

    given: the path of a PNG, JPEG, WebP or GIF file, or its bytes; a PIL image of any mode and size; an array of any
    height and width, grey or with three colours, of whole numbers 0 to 255 or floats in 0..1; pen strokes in canvas
    pixels; a `Drawing`.
    without: see `prepare_grey`.
    Raises BadPicture or BadInk when it is none of these, BlankDrawing when nothing stands out in it.
    """
    if isinstance(given, Drawing):
        return prepare_ink(given.ink, given.pen_width, without=without)
    if isinstance(given, list):
        return prepare_ink(check_ink(given), without=without)
    if isinstance(given, str | Path | bytes):
        return prepare_picture(open_picture(given), without)
    if isinstance(given, Image.Image):
        return prepare_picture(given, without)
    values = _as_grey_values(given, (2, 3))
    if values.ndim == 3 and values.shape[2] not in _CHANNELS:
        raise BadPicture(
            f"The array has the shape {_in_words(values.shape)}; a picture has height × width, or height × width × 3. "
            "Change its shape."
        )
    return prepare_picture(Image.fromarray(values), without)


def as_images(values: Any) -> np.ndarray:
    """One image or several, as `uint8` of shape (N, 28, 28).

    values: white ink on black, of shape (28, 28), (1, 28, 28), (N, 28, 28) or (N, 1, 28, 28); whole numbers 0 to 255,
    or floats in 0..1. NumPy's arrays and torch's tensors will do.
    Raises BadPicture when they are something else.
    """
    grey = _as_grey_values(values, (2, 3, 4))
    if grey.ndim == 4 and grey.shape[1] == 1:
        grey = grey[:, 0]
    if grey.shape[-2:] != (SIDE, SIDE) or grey.ndim == 4:
        raise BadPicture(
            f"The array has the shape {_in_words(grey.shape)}; an image has {SIDE}×{SIDE}. Make one of any picture "
            "with digitlab.prepare."
        )
    return grey.reshape(-1, SIDE, SIDE)


def _as_grey_values(values: Any, dimensions: Collection[int]) -> np.ndarray:
    """Numbers from outside as `uint8`. Raises BadPicture for anything that would mean something else than it says."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:  # a tensor on a GPU raises such
        reason = str(error).rstrip(".")
        raise BadPicture(f"This cannot be read as an array: {reason}. Give a NumPy array or a PIL image.") from error
    if array.dtype.kind not in "buif" or array.ndim not in dimensions or not array.size:
        raise BadPicture(
            f"{short(values, 40)} is not a picture. Give a path, a PIL image, or an array of whole numbers 0 to 255 or "
            "floats in 0..1."
        )
    if array.dtype == np.uint8:
        return array
    low, high = float(array.min()), float(array.max())
    most = 1.0 if array.dtype.kind in "bf" else 255.0
    if not (low >= 0 and high <= most):  # NaN is neither
        raise BadPicture(
            f"The array holds values from {low:g} to {high:g}; floats must lie in 0..1 and whole numbers in 0..255. "
            "Scale it, or save it as uint8."
        )
    return np.rint(array.astype(np.float64) * (255 / most)).astype(np.uint8)


def _in_words(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def prepare_ink(
    ink: Ink,
    pen_width: float = PEN_WIDTH,
    size: tuple[int, int] = (CANVAS, CANVAS),
    without: Collection[str] = (),
) -> Prepared:
    """Prepare pen strokes drawn on a canvas.

    ink: coordinates in canvas pixels. pen_width: in canvas pixels. size: (width, height) of the canvas.
    without: see `prepare_grey`. Raises BlankDrawing when no ink lies on the canvas.
    """
    return prepare_grey(draw_ink(ink, pen_width, size), without)


def prepare_picture(picture: Image.Image | np.ndarray, without: Collection[str] = ()) -> Prepared:
    """Prepare a picture of one digit, dark on light or light on dark.

    picture: a PIL image of any mode, or a grey `uint8` array of shape (height, width). without: see `prepare_grey`.
    Raises BlankDrawing when nothing stands out from the background.
    """
    return prepare_grey(find_ink(picture), without)


def prepare_grey(ink: np.ndarray, without: Collection[str] = ()) -> Prepared:
    """Prepare a grey picture, `uint8` of shape (height, width), in which everything above 0 is ink.

    without: steps of STEPS to leave out. Without `crop` the whole picture is scaled; without `scale` it is squeezed
    to 28×28 whatever its shape; without `centre` it stays in the upper left corner; without `grey` ink stays as faint
    as scaling has made it.
    Raises BlankDrawing when there is no ink.
    """
    _check_ink(ink)
    cropped = ink if "crop" in without else crop(ink)
    scaled = squeeze(cropped) if "scale" in without else scale(cropped)
    placed = _in_corner(scaled) if "centre" in without else centre(scaled)
    grey = _rounded(placed) if "grey" in without else stretch(placed)
    steps = (
        Step("drawing", ink),
        Step("cropped", cropped),
        Step("scaled", _rounded(scaled)),
        Step("centred", _rounded(placed)),
        Step("grey", grey),
    )
    return Prepared(grey, steps)


def squeeze(picture: np.ndarray) -> np.ndarray:
    """The whole picture as 28×28 pixels, whatever its shape; `float32` in 0..255."""
    return np.asarray(Image.fromarray(picture.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BOX))


def _in_corner(scaled: np.ndarray) -> np.ndarray:
    image = np.zeros((SIDE, SIDE), np.float32)
    image[: scaled.shape[0], : scaled.shape[1]] = scaled
    return image


def _rounded(picture: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _check_ink(ink: np.ndarray) -> None:
    if not ink.any():
        raise BlankDrawing(_NO_INK)


def crop(ink: np.ndarray) -> np.ndarray:
    """The smallest part that holds all pixels above 0. Raises BlankDrawing when there is none."""
    _check_ink(ink)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scale(cropped: np.ndarray) -> np.ndarray:
    """Scale so that the longer side is 20 pixels, the other in proportion; `float32` in 0..255.

    Area averaging (a box filter) when shrinking, bilinear when enlarging, where an area holds less than a pixel.
    """
    height, width = cropped.shape
    factor = BOX / max(height, width)
    target = (max(1, round(width * factor)), max(1, round(height * factor)))
    how = Image.Resampling.BOX if factor <= 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(cropped.astype(np.float32)).resize(target, how))


def centre(scaled: np.ndarray) -> np.ndarray:
    """Place the picture in 28×28 with its centre of mass on the pixel (14, 14), moved by whole pixels.

    In MNIST's own images the centre lies between 13.5 and 14.5, counted from 0: not in the middle, which is 13.5.
    What would fall over the edge is kept inside: the picture is at most 20 pixels long, so it always fits.
    """
    height, width = scaled.shape
    mass = scaled.sum()
    row = (scaled.sum(1) @ np.arange(height)) / mass
    column = (scaled.sum(0) @ np.arange(width)) / mass
    top = int(np.clip(round(SIDE / 2 - row), 0, SIDE - height))
    left = int(np.clip(round(SIDE / 2 - column), 0, SIDE - width))
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = scaled
    return image


def stretch(image: np.ndarray) -> np.ndarray:
    """Grey values stretched so that the strongest ink is 255; `uint8`."""
    return np.rint(image * (255.0 / image.max())).astype(np.uint8)
