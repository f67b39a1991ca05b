"""A part of a data set, held in memory as whole tensors."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch
from torch import Tensor


class PartName(StrEnum):
    """What the images are for. The test part chooses nothing: the best epoch is chosen on validation."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class Part:
    """Images and their digits.

    images: `uint8` of shape (N, 28, 28), white ink on black.
    labels: `int64` of shape (N,), 0 to 9.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, index: Tensor) -> "Part":
        """The images at these positions, in their order."""
        return Part(self.images[index], self.labels[index])

    def fingerprint(self) -> str:
        """A short name of exactly these images and digits, in this order (SHA-256, 16 hex digits)."""
        digest = hashlib.sha256(self.images.contiguous().numpy().tobytes())
        digest.update(self.labels.numpy().tobytes())
        return digest.hexdigest()[:16]


def from_arrays(images: np.ndarray | Sequence[np.ndarray], labels: Sequence[int] | np.ndarray) -> Part:
    """A part from 28×28 `uint8` pictures and their digits; copies both."""
    stacked = np.asarray(images, np.uint8).reshape(-1, 28, 28)
    return Part(torch.tensor(stacked), torch.tensor(np.asarray(labels, np.int64)))


def join(parts: Sequence[Part]) -> Part:
    """Several parts as one, in their order."""
    return Part(torch.cat([p.images for p in parts]), torch.cat([p.labels for p in parts]))


def hold_out(part: Part, share: float, seed: int = 0) -> tuple[Part, Part]:
    """Split at random into (the rest, a share held out); always the same split for the same part, share and seed.

    share: in 0..1; at least one image is held out.
    """
    order = torch.randperm(len(part), generator=torch.Generator().manual_seed(seed))
    held = max(1, round(len(part) * share))
    return part.select(order[held:].sort().values), part.select(order[:held].sort().values)
