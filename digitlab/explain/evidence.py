"""What in an image speaks for and against each digit, exactly: softmax regression adds it up pixel by pixel."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import nn

from digitlab.image import SIDE
from digitlab.models import has_convolutions, to_input


@dataclass(frozen=True)
class LogitSum:
    """A digit's logit, or how far it is above another digit's, as a sum over pixels.

    ink: of shape (28, 28), 0..1. weights: of shape (28, 28), what full ink on a pixel adds. bias: the sum without ink.
    """

    ink: np.ndarray
    weights: np.ndarray
    bias: float

    @cached_property
    def pixels(self) -> np.ndarray:
        """Shape (28, 28): what the ink of each pixel adds; 0 without ink."""
        return self.ink * self.weights

    @property
    def total(self) -> float:
        """The logit, or the difference."""
        return self.bias + float(self.pixels.sum())

    @property
    def strongest(self) -> list[tuple[int, int]]:
        """(row, column) of every pixel with ink; the one that adds or takes away most comes first."""
        order = np.argsort(-np.abs(self.pixels), axis=None, kind="stable")[: int((self.ink > 0).sum())]
        return [(int(row), int(column)) for row, column in zip(*np.unravel_index(order, self.ink.shape), strict=True)]


@dataclass(frozen=True)
class Evidence:
    """The ten logits of one image, taken apart.

    ink: `float32` of shape (28, 28), 0..1. weights: `float32` of shape (10, 28, 28), what full ink on a pixel adds to
    each digit's logit. blank: `float32` of shape (10,), the logits of an image without ink.
    """

    ink: np.ndarray
    weights: np.ndarray
    blank: np.ndarray

    @cached_property
    def pixels(self) -> np.ndarray:
        """Shape (10, 28, 28): what the ink of each pixel adds to each digit's logit; 0 without ink."""
        return self.weights * self.ink

    @property
    def logits(self) -> np.ndarray:
        """Shape (10,): the blank image's logits and all that the ink adds."""
        return self.blank + self.pixels.sum((1, 2))

    @property
    def support(self) -> np.ndarray:
        """Shape (10,): the sum of what speaks for each digit, 0 or more."""
        return np.clip(self.pixels, 0, None).sum((1, 2))

    @property
    def opposition(self) -> np.ndarray:
        """Shape (10,): the sum of what speaks against each digit, 0 or less."""
        return np.clip(self.pixels, None, 0).sum((1, 2))

    def sum_of(self, digit: int, rival: int | None = None) -> LogitSum:
        """The sum of a digit's logit; with a rival, of the digit's logit minus the rival's."""
        if rival is None:
            return LogitSum(self.ink, self.weights[digit], float(self.blank[digit]))
        bias = float(self.blank[digit]) - float(self.blank[rival])
        return LogitSum(self.ink, self.weights[digit] - self.weights[rival], bias)


def is_linear(model: nn.Module) -> bool:
    """Whether the logits are linear in the pixels, so that `evidence_of` is exact: tried at one image and its half.

    One with convolutions is not asked: each of ours has a ReLU, and trying a deep one takes long.
    """
    if has_convolutions(model):
        return False
    image = torch.rand(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        blank, half, whole = model(torch.cat([0 * image, image / 2, image]))
    return bool(torch.allclose(2 * half, whole + blank, rtol=1e-3, atol=1e-3))


def evidence_of(model: nn.Module, image: np.ndarray) -> Evidence:
    """Take a linear model's logits apart.

    model: one whose logits are linear in the pixels, such as softmax regression; for any other this is no
    decomposition. What it does to the pixels first, such as to normalise them, is worked into weights and bias.
    image: `uint8` of shape (28, 28).
    """
    x = to_input(torch.tensor(image)[None])
    weights = torch.autograd.functional.jacobian(lambda pixels: model(pixels)[0], x)[:, 0, 0]
    with torch.inference_mode():
        blank = model(torch.zeros_like(x))[0]
    return Evidence(x[0, 0].numpy(), weights.numpy(), blank.numpy())
