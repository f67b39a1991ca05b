"""From any picture or ink to an image, the way MNIST's own images were made.

Find the ink → crop → scale the longer side to 20 pixels by area averaging → place by centre of mass in 28×28 → grey.
Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
Proc. IEEE 86(11), 1998, section III-A.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from PIL import Image

from digitlab.errors import BlankDrawing
from digitlab.ink import CANVAS, PEN_WIDTH, Ink, draw_ink
from digitlab.picture import find_ink

SIDE = 28
BOX = 20
STEPS = ("crop", "scale", "centre", "grey")
"""The steps of the preparation in their order; each can be left out, to see what it is good for."""

_NO_INK = "There is no ink in the drawing. Draw a digit first."


@dataclass(frozen=True)
class Step:
    """A stage of the preparation: its name and its grey picture, `uint8` of shape (height, width), white ink."""

    name: str
    picture: np.ndarray


@dataclass(frozen=True)
class Prepared:
    """An image ready for a model, `uint8` of shape (28, 28), and the pictures on the way to it."""

    image: np.ndarray
    steps: tuple[Step, ...]


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
