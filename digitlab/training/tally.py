"""Loss and accuracy of the epoch under way, counted without holding the training up.

What a step gives is only put aside; it is counted once enough of it is there or somebody asks. A GPU then runs on
while its former steps are counted, and on a CPU a few large counts cost less than many small ones.
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from digitlab.data.parts import NO_DIGIT
from digitlab.training.objective import image_losses

_Step = tuple[int, Tensor, Tensor, Tensor]
"""A step's number, what it minimised, its logits and its labels."""

WINDOW = 1000
"""Images over which loss and accuracy are averaged within an epoch: always as many, so that all such points are equally
noisy, on a slow machine as on a fast one."""


@dataclass
class _Sums:
    """Running sums of the epoch under way."""

    loss: float = 0.0
    correct: int = 0
    images: int = 0
    digits: int = 0
    seconds: float = 0.0
    gradient_norm: float = 0.0
    gradients: int = 0


class NotFinite(ArithmeticError):
    """A loss that is infinite or not a number, and the number of its step."""

    def __init__(self, loss: float, step: int) -> None:
        super().__init__(f"The loss became {loss}")
        self.step = step


class Tally:
    """The running figures of the epoch under way: mean loss per image in nats, and the share of digits read right."""

    def __init__(self) -> None:
        self._restart(_Sums())

    def _restart(self, sums: _Sums) -> None:
        self._sums = sums
        self._aside: list[_Step] = []
        self._images_aside = 0
        self._norms: list[Tensor] = []
        self._window_start = dataclasses.replace(sums)
        self._recent = (math.nan, math.nan)

    def add(self, step: int, loss: Tensor, logits: Tensor, labels: Tensor, norm: Tensor | None = None) -> None:
        """Put a step aside.

        step: its number. loss: what it minimised. logits, labels: of shapes (N, 10) and (N,), on any device.
        norm: that of its gradient, where it was looked at.
        Raises NotFinite when the loss of this step, or of one that was put aside, is not.
        """
        self._aside.append((step, loss.detach(), logits.detach(), labels))
        self._images_aside += len(labels)
        if norm is not None:
            self._norms.append(norm)
        if self._sums.images + self._images_aside - self._window_start.images >= WINDOW:
            self.settle()
            self._close_window()

    def spend(self, seconds: float) -> None:
        """Add to the epoch's seconds."""
        self._sums.seconds += seconds

    def settle(self) -> _Sums:
        """The sums, with all that was put aside. Raises NotFinite."""
        if not self._aside:
            return self._sums
        steps, minimised, logits, labels = zip(*self._aside, strict=True)
        norms, self._aside, self._norms, self._images_aside = self._norms, [], [], 0
        for step, loss in zip(steps, torch.stack(minimised).tolist(), strict=True):
            if not math.isfinite(loss):
                raise NotFinite(loss, step)
        seen, meant = torch.cat(logits), torch.cat(labels)
        sums = self._sums
        # Step by step: the sum is then the same to the last bit, whenever somebody asked in between.
        for losses in image_losses(seen, meant).cpu().split([len(one) for one in labels]):
            sums.loss += losses.sum().item()
        sums.correct += int((seen.argmax(1) == meant).sum())
        sums.images += len(meant)
        sums.digits += int((meant != NO_DIGIT).sum())
        sums.gradient_norm += sum(norm.item() for norm in norms)
        sums.gradients += len(norms)
        return sums

    def _close_window(self) -> None:
        sums, start = self._sums, self._window_start
        images, digits = sums.images - start.images, sums.digits - start.digits
        if digits:
            self._recent = ((sums.loss - start.loss) / images, (sums.correct - start.correct) / digits)
            self._window_start = dataclasses.replace(sums)

    @property
    def loss(self) -> float:
        """Mean over the images; not a number before the first step. Raises NotFinite."""
        sums = self.settle()
        return sums.loss / sums.images if sums.images else math.nan

    @property
    def accuracy(self) -> float:
        """Share of the digits that were read right, in 0..1, or not a number. Raises NotFinite."""
        sums = self.settle()
        return sums.correct / sums.digits if sums.digits else math.nan

    def take_recent(self) -> tuple[float, float]:
        """Mean loss and accuracy of the last full window: the steps that held 1,000 images, or of the one step that
        held more. Not numbers when none was filled since this was last asked for."""
        recent, self._recent = self._recent, (math.nan, math.nan)
        return recent

    def state_dict(self) -> dict[str, Any]:
        """The sums, as plain numbers. Raises NotFinite."""
        return dict(vars(self.settle()))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from these sums. The window begins anew: what came before may be reported already."""
        self._restart(_Sums(**state))
