"""Distillation: a network goes on to learn from its own answers of before, and from teachers', beside the labels.

After G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", 2015 (arXiv:1503.02531), and
T. Furlanello et al., "Born again neural networks", ICML 2018 (arXiv:1805.04770). An answer is the mean of several
looks, of each network, at the very image that is learned from, which a single look then comes close to. It says what an
image resembles besides, so that the network becomes less sure where it should.
"""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from digitlab.models import nine_views, single_look
from digitlab.training.forward import Forward

_LOOKS = 5
"""At each image: as it is and in four of the eight other ways, anew in each batch. All nine take twice as long."""


class Distillation:
    """The answers of a network as it was when a round of distillation began, and of its teachers.

    model: is copied. precision: the number format in which all compute. teachers: other networks that take the same
    images, on the same device; each counts as much as the model.
    """

    def __init__(self, model: nn.Module, precision: torch.dtype, teachers: Sequence[nn.Module] = ()) -> None:
        self._former = copy.deepcopy(single_look(model))
        networks = [self._former, *map(single_look, teachers)]
        self._forwards = [Forward(one.eval().requires_grad_(False), precision) for one in networks]

    @torch.no_grad()
    def answers(self, x: Tensor, random: torch.Generator) -> Tensor:
        """Probabilities of shape (N, 10) for the images that a model takes, as `float32` of shape (N, 1, 28, 28)."""
        *moved, plain = nine_views(x)
        views = [plain, *(moved[view] for view in torch.randperm(len(moved), generator=random)[: _LOOKS - 1].tolist())]
        looks = [functional.softmax(forward(view), 1) for forward in self._forwards for view in views]
        return torch.stack(looks).mean(0)

    def state_dict(self) -> dict[str, Any]:
        """The weights of the network as it was."""
        return self._former.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Answer as the network did that this state is of."""
        self._former.load_state_dict(state)
