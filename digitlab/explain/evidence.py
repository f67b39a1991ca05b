"""What in an image speaks for and against each digit, exactly: softmax regression adds it up pixel by pixel."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from digitlab.models import to_input


@dataclass(frozen=True)
class Evidence:
    """The ten logits of one image, taken apart.

    pixels: `float32` of shape (10, 28, 28), what the ink of each pixel adds to each digit's logit; 0 without ink.
    blank: `float32` of shape (10,), the logits of an image without ink.
    """

    pixels: np.ndarray
    blank: np.ndarray

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


def evidence_of(model: nn.Module, image: np.ndarray) -> Evidence:
    """Take a linear model's logits apart.

    model: one whose logits are linear in the pixels, such as softmax regression; for any other this is no
    decomposition. image: `uint8` of shape (28, 28).
    """
    x = to_input(torch.tensor(image)[None])
    slopes = torch.autograd.functional.jacobian(lambda pixels: model(pixels)[0], x)[:, 0, 0]
    with torch.inference_mode():
        blank = model(torch.zeros_like(x))[0]
    return Evidence((slopes * x[0, 0]).numpy(), blank.numpy())
