"""Gradient attacks: images changed where it confuses a model most, each pixel by a few grey levels at most.

They climb the loss of the right answer along the sign of its gradient in the pixels, so they need the model's weights.
What comes back is as every image is, `uint8`, and never further from the original than allowed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from digitlab.explain.perturbations import Disturbance
from digitlab.models import for_reading, to_input

if TYPE_CHECKING:
    from captum.robust import FGSM

GRADIENT = "Attack"
"""The group of disturbances that ask a model."""

STEPS = 10
"""Of PGD: each goes a quarter of the way that is allowed, so that every corner can be reached from any start."""

_Climb = Callable[["FGSM", Tensor, Tensor, float, int], Tensor]
"""Step of the sign, originals and labels, largest change in 0..1, and seed → changed images."""


@dataclass(frozen=True, kw_only=True)
class Attack(Disturbance):
    """A disturbance that asks a model: its amount is the largest change of a pixel, ε, in grey levels.

    searches: whether it looks for the best change within ε. Then an image that a smaller ε leads astray is led astray
    by every larger one, too, which allows the same change.
    """

    searches: bool = False
    climb: _Climb
    gradients: int = 1

    def apply(
        self, model: nn.Module, images: np.ndarray, labels: np.ndarray, epsilon: float, seed: int = 0
    ) -> np.ndarray:
        """The attacked images, `uint8` of shape (N, 28, 28), as are the images themselves.

        labels: the answers to lead away from, `int64` of shape (N,). epsilon: in grey levels, 0 to 255. seed: of a
        random start. The model, on the CPU, is left as it is, so that others may use it meanwhile.
        """
        if epsilon == self.neutral or not len(images):
            return images.copy()
        from captum.robust import FGSM

        attacked = for_reading(model).requires_grad_(False)
        step = FGSM(attacked, _margin, 0.0, 1.0)
        step.zero_thresh = 0.0  # captum would take the small gradients of a model that is sure for none
        changed = self.climb(step, to_input(torch.tensor(images)), torch.tensor(labels), epsilon / 255, seed)
        return _round_within(changed.detach()[:, 0].numpy() * 255, images, epsilon)


def _margin(logits: Tensor, labels: Tensor) -> Tensor:
    """By how much all other digits together lead over the right one, in logits; shape (N,).

    Cross-entropy is a rising function of it, log(1 + exp(margin)), so its gradient has the same sign; but it does not
    vanish in float32 where a model is sure.
    """
    right = torch.nn.functional.one_hot(labels, logits.shape[1]).bool()
    return logits.masked_fill(right, -torch.inf).logsumexp(1) - logits[right]


def _round_within(changed: np.ndarray, images: np.ndarray, epsilon: float) -> np.ndarray:
    """Whole grey levels, within ε of the images and in 0..255."""
    original, most = images.astype(np.int16), int(epsilon)
    nearest = np.clip(np.rint(changed).astype(np.int16), original - most, original + most)
    return np.clip(nearest, 0, 255).astype(np.uint8)


def _one_step(step: "FGSM", x: Tensor, labels: Tensor, epsilon: float, _seed: int) -> Tensor:
    return step.perturb(x.requires_grad_(), epsilon, labels)


def _projected(step: "FGSM", x: Tensor, labels: Tensor, epsilon: float, seed: int) -> Tensor:
    """From a random start, drawn from a generator of its own: captum's PGD takes torch's, which all threads share."""
    low, high = (x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1)
    start = torch.rand(x.shape, generator=torch.Generator().manual_seed(seed))
    changed = low + start * (high - low)
    for _ in range(STEPS):
        changed = step.perturb(changed.requires_grad_(), epsilon / 4, labels).detach().clamp(low, high)
    return changed


def get_ready() -> None:
    """Import what attacks need and nothing else does: it takes over a second, so that the first would wait for it."""
    import captum.robust  # noqa: F401


_AMOUNTS = (0.0, 8.0, 16.0, 24.0, 32.0, 48.0, 64.0, 80.0, 96.0)

ATTACKS: dict[str, Attack] = {
    one.name: one
    for one in (
        Attack(
            name="fgsm",
            group=GRADIENT,
            title="FGSM",
            unit="grey levels",
            words="Fast gradient sign method: one step changes every pixel by ε against the model (Goodfellow et al., "
            "2015).",
            low=0.0,
            high=128.0,
            step=1.0,
            neutral=0.0,
            amounts=_AMOUNTS,
            climb=_one_step,
        ),
        Attack(
            name="pgd",
            group=GRADIENT,
            title="PGD",
            unit="grey levels",
            words=f"Projected gradient descent: {STEPS} smaller steps, never further than ε from the image (Madry et "
            "al., 2018).",
            low=0.0,
            high=128.0,
            step=1.0,
            neutral=0.0,
            amounts=_AMOUNTS,
            searches=True,
            gradients=STEPS,
            climb=_projected,
        ),
    )
}
"""Name → attack. FGSM: I. Goodfellow, J. Shlens, C. Szegedy, "Explaining and harnessing adversarial examples", ICLR
2015. PGD: A. Madry et al., "Towards deep learning models resistant to adversarial attacks", ICLR 2018."""
