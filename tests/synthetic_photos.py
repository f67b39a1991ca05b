"""Photos of handwriting as a phone might take them, made from pen drawings; the same seed gives the same photo."""

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from digitlab.ink.strokes import Ink, LabelledDrawing, draw_ink, fit_ink

Random = np.random.Generator


@dataclass(frozen=True)
class Photo:
    """A photo as JPEG, and the digits on it from left to right."""

    picture: Image.Image
    text: str


def take_photo(kind: str, drawings: Sequence[LabelledDrawing], random: Random) -> Photo:
    """A photo of some drawings in a row. kind: a key of KINDS."""
    scene = KINDS[kind]
    width, height = scene.size
    cover = _row([drawing.ink for drawing in drawings], scene, random)
    if scene.turned:
        cover = ndimage.rotate(cover, random.uniform(-15, 15), reshape=False, order=1)
    paper = random.uniform(205, 245) * np.array([1.0, random.uniform(0.95, 1), random.uniform(0.85, 1)])
    page = np.ones((height, width, 3)) * paper
    for ruling in scene.rulings:
        page = ruling(page, random)
    ink = np.array([random.uniform(*channel) for channel in scene.ink])
    page = page * (1 - cover[:, :, None]) + np.minimum(ink, page) * cover[:, :, None]
    if scene.is_board:
        page = 255 - page
    page = page * scene.light((height, width), random)[:, :, None]
    return Photo(_developed(page, random), "".join(str(drawing.digit) for drawing in drawings))


def _row(inks: Sequence[Ink], scene: "Scene", random: Random) -> np.ndarray:
    """How much of each pixel is covered by ink, 0 to 1: the digits side by side, each in its own place and size."""
    width, height = scene.size
    step = width / (len(inks) + 0.6)
    tall = min(random.uniform(*scene.tall) * height, 0.9 * step)
    pen = max(3.0, tall * random.uniform(0.06, 0.11))
    left, middle = step * 0.8, height * random.uniform(0.4, 0.6)
    if len(inks) > 1:  # as close as one writes a number
        apart = min(step, tall * random.uniform(0.95, 1.2))
        left, step = (width - apart * (len(inks) - 1)) / 2, apart
    placed: Ink = []
    for number, ink in enumerate(inks):
        centre = (left + number * step, middle + random.uniform(-0.05, 0.05) * tall)
        placed += _of_width(fit_ink(ink, tall, centre), 0.8 * step, centre)
    picture = Image.fromarray(draw_ink(placed, pen, scene.size)).resize(scene.size, Image.Resampling.BOX)
    return np.asarray(picture, float) / 255 * random.uniform(0.85, 0.97)


def _of_width(ink: Ink, width: float, centre: tuple[float, float]) -> Ink:
    """The ink, made smaller if it is wider than its place."""
    xs = [x for stroke in ink for x, _ in stroke]
    wide = max(xs) - min(xs)
    return (
        ink
        if wide <= width
        else [
            [
                [centre[0] + (x - centre[0]) * width / wide, centre[1] + (y - centre[1]) * width / wide]
                for x, y in stroke
            ]
            for stroke in ink
        ]
    )


def _ruled(colour: tuple[float, float, float], upright: bool = False) -> Callable[[np.ndarray, Random], np.ndarray]:
    """Lines over the whole page: 8 to 40, tilted by up to 15°, up to 0.3 % of the page thick."""

    def rule(page: np.ndarray, random: Random) -> np.ndarray:
        height, width = page.shape[:2]
        y, x = np.mgrid[:height, :width]
        angle = math.radians(random.uniform(-15, 15))
        across = x * math.cos(angle) - y * math.sin(angle) if upright else y * math.cos(angle) + x * math.sin(angle)
        gap = height / random.uniform(8, 40)
        thick = max(1.2, random.uniform(0.0015, 0.003) * height)
        from_line = np.abs((across + random.uniform(0, gap)) % gap - gap / 2)
        cover = np.clip(thick / 2 - from_line + 0.5, 0, 1)[:, :, None] * random.uniform(0.5, 1)
        return page * (1 - cover) + np.array(colour) * cover

    return rule


def _squared(page: np.ndarray, random: Random) -> np.ndarray:
    """Squares, turned as a whole."""
    state = random.bit_generator.state
    colour = (110.0, 130.0, 175.0)
    ruled = _ruled(colour)(page, random)
    random.bit_generator.state = state
    return _ruled(colour, upright=True)(ruled, random)


def _even(shape: tuple[int, int], random: Random) -> np.ndarray:
    return np.full(shape, random.uniform(0.8, 1.0))


def _gradient(shape: tuple[int, int], random: Random) -> np.ndarray:
    """Light that falls to 45–75 % over the page, in any direction."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    turn = random.uniform(0, 2 * math.pi)
    along = (x * math.cos(turn) + y * math.sin(turn)) / math.sqrt(2)
    return 1 - random.uniform(0.25, 0.55) * (along + 1) / 2


def _edge(shape: tuple[int, int], random: Random) -> np.ndarray:
    """A shadow with a border, 0.5 to 8 % of the page soft, through the middle part of the page."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    turn = random.uniform(0, 2 * math.pi)
    along = x * math.cos(turn) + y * math.sin(turn) - random.uniform(-0.5, 0.5)
    return 1 - random.uniform(0.25, 0.5) * np.clip(along / random.uniform(0.01, 0.16) + 0.5, 0, 1)


def _developed(page: np.ndarray, random: Random) -> Image.Image:
    """Through lens, sensor and JPEG at quality 40 to 80."""
    blurred = ndimage.gaussian_filter(page, (*(random.uniform(0.4, 1.0),) * 2, 0))
    grain = ndimage.gaussian_filter(random.normal(0, 1, page.shape), (0.5, 0.5, 0)) * 2
    noisy = blurred + grain * random.uniform(2, 7)
    file = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=int(random.integers(40, 81)))
    return Image.open(file)


@dataclass(frozen=True)
class Scene:
    """What a photo shows. ink: least and most red, green and blue. tall: a digit's height as shares of the page."""

    rulings: tuple[Callable[[np.ndarray, Random], np.ndarray], ...] = ()
    light: Callable[[tuple[int, int], Random], np.ndarray] = _even
    ink: tuple[tuple[float, float], ...] = ((20, 70), (20, 70), (20, 80))
    turned: bool = False
    is_board: bool = False
    size: tuple[int, int] = (800, 600)
    tall: tuple[float, float] = (0.25, 0.6)


_GREY, _BLUE = (140.0, 140.0, 145.0), (120.0, 150.0, 215.0)
_BLUE_INK = ((20, 70), (40, 100), (130, 200))

KINDS = {
    "noise": Scene(),
    "gradient": Scene(light=_gradient),
    "shadow": Scene(light=_edge),
    "turned": Scene(turned=True),
    "blue ink": Scene(ink=_BLUE_INK, light=_gradient),
    "board": Scene(is_board=True, light=_gradient),
    "grey lines": Scene((_ruled(_GREY),)),
    "blue lines": Scene((_ruled(_BLUE),), light=_gradient),
    "squares": Scene((_squared,)),
    "blue ink on lines": Scene((_ruled(_GREY),), light=_edge, ink=_BLUE_INK),
    "phone, small": Scene(light=_gradient, size=(1600, 1200), tall=(0.08, 0.12)),
    "phone, large": Scene((_ruled(_BLUE),), light=_edge, size=(1600, 1200), tall=(0.5, 0.8)),
}
