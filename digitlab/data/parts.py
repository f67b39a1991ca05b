"""A part of a data set, held in memory as whole tensors."""

import hashlib
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, SupportsIndex, overload

import numpy as np
import torch
from torch import Tensor

from digitlab.image import SIDE
from digitlab.models import to_input

NO_DIGIT = -1
"""The label of an image that shows no digit; only training images carry it."""


@dataclass(frozen=True)
class Part:
    """Images and their digits.

    images: `uint8` of shape (N, 28, 28), white ink on black.
    labels: `int64` of shape (N,), 0 to 9; in training also `NO_DIGIT`.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    @overload
    def __getitem__(self, index: SupportsIndex) -> tuple[Tensor, int]: ...

    @overload
    def __getitem__(self, index: slice) -> "Part": ...

    def __getitem__(self, index: SupportsIndex | slice) -> "tuple[Tensor, int] | Part":
        """One image as models take it, `float32` of shape (1, 28, 28) in 0..1, and its label, as torch's `DataLoader`
        asks for them; of a slice, the part with these images. Raises IndexError beyond the last."""
        if isinstance(index, slice):
            return Part(self.images[index], self.labels[index])
        position = operator.index(index)
        return to_input(self.images[position][None])[0], int(self.labels[position])

    def of_epoch(self, epoch: int) -> "Part":
        """What an epoch trains on: always all of these."""
        return self

    def to(self, device: torch.device) -> "Part":
        """The same on a device."""
        return Part(self.images.to(device), self.labels.to(device))

    def select(self, index: Tensor) -> "Part":
        """The images at these positions, in their order."""
        return Part(self.images[index], self.labels[index])

    def fingerprint(self) -> str:
        """A short name of exactly these images and digits, in this order (SHA-256, 16 hex digits)."""
        digest = hashlib.sha256(self.images.contiguous().numpy().tobytes())
        digest.update(self.labels.numpy().tobytes())
        return digest.hexdigest()[:16]


class TrainingImages(Protocol):
    """What a training learns from: a part, or images that are made anew for each epoch, always equally many."""

    def __len__(self) -> int: ...

    def of_epoch(self, epoch: int) -> Part:
        """The images of an epoch, counted from 0; the same each time it is asked for."""
        ...


def from_arrays(images: np.ndarray | Sequence[np.ndarray], labels: Sequence[int] | np.ndarray) -> Part:
    """A part from 28×28 `uint8` pictures and their digits; copies both."""
    stacked = np.asarray(images, np.uint8).reshape(-1, SIDE, SIDE)
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
