"""How a layer computes one pixel of its output, number by number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from digitlab.explain.layers import Passed
from digitlab.models import Normalize


@dataclass(frozen=True)
class Patch:
    """What one input map adds to a pixel: its values under the filter, times the kernel; `float32`, of one shape.

    inside: of the same shape, False where the filter lies over the edge, where the map counts as 0.
    """

    number: int
    values: np.ndarray
    kernel: np.ndarray
    inside: np.ndarray

    @property
    def products(self) -> np.ndarray:
        """Value times weight, one for each cell of the kernel."""
        return self.values * self.kernel

    @property
    def total(self) -> float:
        """The sum of the products."""
        return float(self.products.sum(dtype=np.float64))


@dataclass(frozen=True)
class Convolved:
    """A pixel of a convolution: the patches' totals and the bias, added up. has_bias: whether the layer has one."""

    patches: Sequence[Patch]
    bias: float
    has_bias: bool

    @property
    def value(self) -> float:
        """What the convolution gives there."""
        return self.bias + sum(patch.total for patch in self.patches)


@dataclass(frozen=True)
class Pooled:
    """A pixel of a pooling layer: the largest or the mean of a few values, `float32` of shape (rows, columns)."""

    values: np.ndarray
    takes_largest: bool

    @property
    def value(self) -> float:
        """What the pooling gives there."""
        return float(self.values.max() if self.takes_largest else self.values.mean(dtype=np.float64))


@dataclass(frozen=True)
class Scaled:
    """A pixel that is shifted and scaled: (given - mean) / deviation * scale + shift."""

    given: float
    mean: float
    deviation: float
    scale: float = 1.0
    shift: float = 0.0

    @property
    def value(self) -> float:
        """What the normalisation gives there."""
        return (self.given - self.mean) / self.deviation * self.scale + self.shift


@dataclass(frozen=True)
class Rectified:
    """A pixel of a ReLU: the given value, or 0 if that is below 0."""

    given: float

    @property
    def value(self) -> float:
        """What the ReLU gives there."""
        return max(0.0, self.given)


Arithmetic = Convolved | Pooled | Scaled | Rectified


def explain_pixel(module: nn.Module, passed: Passed, channel: int, row: int, column: int) -> Arithmetic | None:
    """How a layer made one pixel of a map; None for a kind of layer that is not explained here.

    passed: what the layer got and made for the image, see `layers.pass_through`.
    """
    if isinstance(module, nn.Conv2d) and module.groups == 1 and module.padding_mode == "zeros":
        return _convolved(module, passed.given, channel, row, column)
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d) and module.padding in (0, (0, 0)):
        (height, width), (down, across) = _pair(module.kernel_size), _pair(module.stride)
        top, left = row * down, column * across
        values = passed.given[channel, top : top + height, left : left + width]
        return Pooled(values, isinstance(module, nn.MaxPool2d))
    given = float(passed.given[channel, row, column]) if passed.given.shape == passed.made.shape else 0.0
    if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None and module.running_var is not None:
        mean, variance = float(module.running_mean[channel]), float(module.running_var[channel])
        scale, shift = (module.weight[channel].item(), module.bias[channel].item()) if module.affine else (1.0, 0.0)
        return Scaled(given, mean, (variance + module.eps) ** 0.5, scale, shift)
    if isinstance(module, Normalize):
        return Scaled(given, module.mean, module.deviation)
    return Rectified(given) if isinstance(module, nn.ReLU) else None


def _convolved(module: nn.Conv2d, given: np.ndarray, channel: int, row: int, column: int) -> Convolved | None:
    if isinstance(module.padding, str):
        return None
    (down, across), (gap_down, gap_across) = _pair(module.stride), _pair(module.dilation)
    above, before = _pair(module.padding)
    height, width = _pair(module.kernel_size)
    rows = row * down - above + gap_down * np.arange(height)[:, None]
    columns = column * across - before + gap_across * np.arange(width)[None]
    inside = (rows >= 0) & (rows < given.shape[1]) & (columns >= 0) & (columns < given.shape[2])
    under = given[:, rows.clip(0, given.shape[1] - 1), columns.clip(0, given.shape[2] - 1)] * inside
    kernels = module.weight[channel].detach().cpu().float().numpy()
    patches = [Patch(number, *pair, inside) for number, pair in enumerate(zip(under, kernels, strict=True))]
    bias = 0.0 if module.bias is None else module.bias[channel].item()
    return Convolved(patches, bias, module.bias is not None)


def _pair(value: int | tuple[int, ...]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])
