"""Disturbances of images that ask no model: moved, with another pen, on worse paper.

Each is a pure function of images, an amount and a seed. The image is disturbed in the order of PERTURBATIONS; at its
neutral amount a disturbance leaves every image as it is. Those that ask a model are in `explain.attacks`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional

from digitlab.image import SIDE

_MIDDLE = 127.5
_COVER = 128
"""Grey levels: what a lost contrast ends in, and that of the square which covers a part of the image."""


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """Something that is done to images by an amount.

    group: those that one sets together. title, unit, words: for people. low, high, step: the amounts that can be set.
    neutral: the amount that changes nothing. amounts: those at which accuracy is measured, rising, the neutral one
    among them. version: another one as soon as the same amount gives another image.
    """

    name: str
    group: str
    title: str
    unit: str
    words: str
    low: float
    high: float
    step: float
    neutral: float
    amounts: tuple[float, ...]
    version: int = 1

    def nearest(self, amount: float) -> float:
        """The amount that can be set and is nearest to this one."""
        steps = round((min(self.high, max(self.low, amount)) - self.low) / self.step)
        return round(self.low + steps * self.step, 6)


Change = Callable[[np.ndarray, float, int], np.ndarray]
"""Images, `float64` of shape (N, 28, 28) in 0..255, amount and seed → images; values beyond 0..255 are cut off."""


@dataclass(frozen=True, kw_only=True)
class Perturbation(Disturbance):
    """A disturbance that asks no model."""

    change: Change

    def apply(self, images: np.ndarray, amount: float, seed: int = 0) -> np.ndarray:
        """The disturbed images. images: `uint8` of shape (N, 28, 28), as is what comes back.

        seed: for what is left to chance; the same seed disturbs the first image always in the same way.
        """
        if amount == self.neutral:
            return images.copy()
        changed = self.change(images.astype(np.float64), amount, seed)
        return np.rint(np.clip(changed, 0, 255)).astype(np.uint8)


def _warp(images: np.ndarray, matrix: list[list[float]]) -> np.ndarray:
    """The images seen through a 2×3 matrix from points of the new image to points of the old, in halves of its side."""
    x = torch.tensor(images)[:, None]
    grid = functional.affine_grid(x.new_tensor(matrix).repeat(len(x), 1, 1), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)[:, 0].numpy()


def _shift_across(images: np.ndarray, pixels: float, _seed: int) -> np.ndarray:
    return _warp(images, [[1, 0, -2 * pixels / SIDE], [0, 1, 0]])


def _shift_down(images: np.ndarray, pixels: float, _seed: int) -> np.ndarray:
    return _warp(images, [[1, 0, 0], [0, 1, -2 * pixels / SIDE]])


def _rotate(images: np.ndarray, degrees: float, _seed: int) -> np.ndarray:
    """Clockwise, y being down."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return _warp(images, [[cos, sin, 0], [-sin, cos, 0]])


def _scale(images: np.ndarray, percent: float, _seed: int) -> np.ndarray:
    """What is made smaller is blurred first, or thin strokes would fall between the points that are looked at."""
    factor = percent / 100
    smoothed = ndimage.gaussian_filter(images, (0, *2 * [(1 / factor - 1) / 2])) if factor < 1 else images
    return _warp(smoothed, [[1 / factor, 0, 0], [0, 1 / factor, 0]])


def _disc(radius: int) -> np.ndarray:
    """The pixels within a radius, as the footprint of a pen; shape (1, 2r+1, 2r+1)."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return (x**2 + y**2 <= radius**2)[None]


def _stroke_width(images: np.ndarray, pixels: float, _seed: int) -> np.ndarray:
    """Grey dilation or erosion by a disc (J. Serra, "Image analysis and mathematical morphology", 1982).

    Both edges of a stroke move by half the pixels; between whole radii the grey levels are interpolated.
    """
    morph, radius = (ndimage.grey_dilation if pixels > 0 else ndimage.grey_erosion), abs(pixels) / 2

    def by(whole: int) -> np.ndarray:
        return morph(images, footprint=_disc(whole)) if whole else images

    inner, share = math.floor(radius), radius % 1
    return (1 - share) * by(inner) + share * by(inner + 1) if share else by(inner)


def _contrast(images: np.ndarray, percent: float, _seed: int) -> np.ndarray:
    return _MIDDLE + percent / 100 * (images - _MIDDLE)


def _blur(images: np.ndarray, pixels: float, _seed: int) -> np.ndarray:
    return ndimage.gaussian_filter(images, (0, pixels, pixels), mode="constant")


def _noise(images: np.ndarray, levels: float, seed: int) -> np.ndarray:
    return images + levels * np.random.default_rng(seed).standard_normal(images.shape)


def _cover(images: np.ndarray, side: float, seed: int) -> np.ndarray:
    """After M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2014: a grey square.

    Its middle lies anywhere in the inner half of the image, and stays there while it grows.
    """
    covered = images.copy()
    middles = np.random.default_rng(seed).integers(SIDE // 4, SIDE - SIDE // 4 + 1, (len(images), 2))
    whole = round(side)
    for image, (y, x) in zip(covered, np.maximum(middles - whole // 2, 0), strict=True):
        image[y : y + whole, x : x + whole] = _COVER
    return covered


PLACE, INK, PAPER = "Place", "Ink", "Paper"
"""The groups of disturbances that ask no model."""

PERTURBATIONS: dict[str, Perturbation] = {
    one.name: one
    for one in (
        Perturbation(
            name="shift-across",
            group=PLACE,
            title="Shift across",
            unit="pixels",
            words="Moves the digit to the right, or to the left where it is negative.",
            low=-10.0,
            high=10.0,
            step=0.5,
            neutral=0.0,
            amounts=(-8.0, -6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0),
            change=_shift_across,
        ),
        Perturbation(
            name="shift-down",
            group=PLACE,
            title="Shift down",
            unit="pixels",
            words="Moves the digit down, or up where it is negative.",
            low=-10.0,
            high=10.0,
            step=0.5,
            neutral=0.0,
            amounts=(-8.0, -6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0),
            change=_shift_down,
        ),
        Perturbation(
            name="rotation",
            group=PLACE,
            title="Rotation",
            unit="degrees",
            words="Turns the image about its middle, clockwise where it is positive.",
            low=-180.0,
            high=180.0,
            step=1.0,
            neutral=0.0,
            amounts=(-90.0, -60.0, -45.0, -30.0, -15.0, 0.0, 15.0, 30.0, 45.0, 60.0, 90.0),
            change=_rotate,
        ),
        Perturbation(
            name="scale",
            group=PLACE,
            title="Scale",
            unit="% of its size",
            words="Makes the digit smaller or larger; what leaves the image is cut off.",
            low=30.0,
            high=200.0,
            step=1.0,
            neutral=100.0,
            amounts=(40.0, 50.0, 60.0, 80.0, 100.0, 120.0, 140.0, 160.0, 180.0),
            change=_scale,
        ),
        Perturbation(
            name="stroke-width",
            group=INK,
            title="Stroke width",
            unit="pixels more",
            words="Makes strokes wider, or thinner where it is negative: each edge moves by half of it.",
            low=-3.0,
            high=6.0,
            step=0.1,
            neutral=0.0,
            amounts=(-2.0, -1.5, -1.0, -0.5, 0.0, 1.0, 2.0, 3.0, 4.0),
            change=_stroke_width,
        ),
        Perturbation(
            name="contrast",
            group=INK,
            title="Contrast",
            unit="%",
            words="Brings ink and paper closer to the same grey; negative contrast swaps the two.",
            low=-100.0,
            high=100.0,
            step=1.0,
            neutral=100.0,
            amounts=(-100.0, -50.0, -20.0, 0.0, 10.0, 20.0, 40.0, 60.0, 80.0, 100.0),
            change=_contrast,
        ),
        Perturbation(
            name="blur",
            group=PAPER,
            title="Blur",
            unit="pixels",
            words="A Gaussian blur, by its standard deviation.",
            low=0.0,
            high=5.0,
            step=0.1,
            neutral=0.0,
            amounts=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0),
            change=_blur,
        ),
        Perturbation(
            name="noise",
            group=PAPER,
            title="Noise",
            unit="grey levels",
            words="Adds Gaussian noise to each pixel, by its standard deviation; 255 levels lie between paper and ink.",
            low=0.0,
            high=200.0,
            step=1.0,
            neutral=0.0,
            amounts=(0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 130.0, 160.0, 200.0),
            change=_noise,
        ),
        Perturbation(
            name="cover",
            group=PAPER,
            title="Occlusion",
            unit="pixels",
            words="Covers a grey square of this side; where it lies is left to chance.",
            low=0.0,
            high=24.0,
            step=1.0,
            neutral=0.0,
            amounts=(0.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0),
            change=_cover,
        ),
    )
}
"""Name → disturbance, in the order in which they are done."""
