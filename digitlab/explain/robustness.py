"""How many of a data set's images a model still reads right when they are disturbed."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn

from digitlab.data.parts import Part
from digitlab.explain.attacks import ATTACKS, Attack
from digitlab.explain.perturbations import PERTURBATIONS, Perturbation
from digitlab.models import compute_logits

AnyDisturbance = Perturbation | Attack

DISTURBANCES: Mapping[str, AnyDisturbance] = {**PERTURBATIONS, **ATTACKS}
"""Name → disturbance, in the order in which several are done to one image."""

IMAGES = 1000
SEED = 0
"""How many images of a part are disturbed, and what draws them: the same ones for every model."""

BATCH = 20
"""Images that are disturbed and read at once: few, so that whoever waits for an end does not wait long."""

_BACK = 3
"""What a gradient costs, in readings."""


def choose_images(part: Part) -> Part:
    """The images of a part that are disturbed: 1,000 drawn at random, or all where there are fewer."""
    drawn = torch.randperm(len(part), generator=torch.Generator().manual_seed(SEED))[:IMAGES]
    return part.select(drawn.sort().values)


def disturb(
    disturbance: AnyDisturbance, amount: float, model: nn.Module, images: np.ndarray, labels: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Images as a model is to read them. model, labels: whom an attack attacks, and the answers to lead away from."""
    if isinstance(disturbance, Attack):
        return disturbance.apply(model, images, labels, amount, seed)
    return disturbance.apply(images, amount, seed)


GoOn = Callable[[float, int], bool]
"""Is told an amount and how many images more have been read at it; says whether to go on."""


def count_right(
    model: nn.Module, part: Part, disturbance: AnyDisturbance, go_on: GoOn = lambda _amount, _images: True
) -> tuple[int, ...] | None:
    """How many images of a part the model reads right at each amount of a disturbance; an attack attacks it.

    Where an attack searches, an image that a smaller amount leads astray stays so. None as soon as `go_on` says False.
    """
    left, counts = part, []
    for amount in disturbance.amounts:
        right = find_right(model, left, disturbance, amount, go_on)
        if right is None or not go_on(amount, len(part) - len(left)):
            return None
        counts.append(int(right.sum()))
        if isinstance(disturbance, Attack) and disturbance.searches:
            left = left.select(right.nonzero()[:, 0])
    return tuple(counts)


def find_right(
    model: nn.Module,
    part: Part,
    disturbance: AnyDisturbance,
    amount: float,
    go_on: GoOn = lambda _amount, _images: True,
) -> torch.Tensor | None:
    """Which images of a part the model reads right when each is disturbed by an amount: `bool` of shape (N,)."""
    right = [torch.empty(0, dtype=torch.bool)]
    for start in range(0, len(part), BATCH):
        batch = part[start : start + BATCH]
        images = disturb(disturbance, amount, model, batch.images.numpy(), batch.labels.numpy(), SEED + start)
        right.append(compute_logits(model, torch.tensor(images)).argmax(1) == batch.labels)
        if not go_on(amount, len(batch)):
            return None
    return torch.cat(right)


def cost(disturbance: AnyDisturbance) -> int:
    """What one amount takes, in readings of all images."""
    return 1 + _BACK * (disturbance.gradients if isinstance(disturbance, Attack) else 0)
