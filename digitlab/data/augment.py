"""Random changes of whole batches that leave the digit the same.

Elastic distortion after P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural networks applied
to visual document analysis", ICDAR 2003.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

_TURN = math.radians(12)
_SHEAR = 0.15
_SCALE = 0.1
_SHIFT = 0.06
"""Largest turn in radians, shear, relative change of scale, and shift in halves of the image's side."""

_BEND = 0.05
"""Standard deviation of the bend at each knot, in halves of the image's side."""

_KNOTS = 5


def augment(images: Tensor, kind: str, generator: torch.Generator) -> Tensor:
    """Each image of a batch changed at random by its own amount.

    images: `float32` of shape (N, 1, 28, 28). kind: `none`, `affine` or `elastic` (affine and a smooth bend).
    generator: on the CPU; the same state gives the same changes on any device.
    """
    if kind == "none":
        return images
    grid = functional.affine_grid(
        _affine(len(images), generator).to(images.device), list(images.shape), align_corners=False
    )
    if kind == "elastic":
        grid = grid + _bend(len(images), images.shape[-1], generator).to(images.device)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _affine(count: int, generator: torch.Generator) -> Tensor:
    """Random 2×3 matrices from points of the new image to points of the old; shape (count, 2, 3)."""
    amount = torch.rand(6, count, generator=generator) * 2 - 1
    turn, shear = amount[0] * _TURN, amount[1] * _SHEAR
    scale_x, scale_y = (1 + amount[2] * _SCALE), (1 + amount[3] * _SCALE)
    row_x = torch.stack([turn.cos() * scale_x, (shear - turn.sin()) * scale_y, amount[4] * _SHIFT], 1)
    row_y = torch.stack([turn.sin() * scale_x, turn.cos() * scale_y, amount[5] * _SHIFT], 1)
    return torch.stack([row_x, row_y], 1)


def _bend(count: int, side: int, generator: torch.Generator) -> Tensor:
    """A smooth random displacement of every pixel, shape (count, side, side, 2): random shifts of a coarse net."""
    net = torch.randn(count, 2, _KNOTS, _KNOTS, generator=generator) * _BEND
    return functional.interpolate(net, size=(side, side), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
