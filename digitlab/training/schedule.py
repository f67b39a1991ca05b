"""Learning rate schedules: the rate at every step, as a function of nothing but the step."""

import math
from itertools import pairwise

from digitlab.config import TrainConfig

_WARM_UP = 0.25
_START = 1 / 25
_DISTILLING = 1 / 6
"""The rate at which distillation starts, as a share of the highest: what was learned is to be refined."""

_ROUND = 4
"""Epochs of distillation, at least, of each of several rounds."""


def distillation_rounds(config: TrainConfig) -> list[range]:
    """The epochs of distillation, counted from 0, in rounds of four or more epochs, each about as long as the others.

    Each round learns from the answers of the network that the round before it left.
    """
    epochs = config.epochs_of_distillation
    rounds = max(1, epochs // _ROUND)
    bounds = [config.epochs - epochs + epochs * done // rounds for done in range(rounds + 1)]
    return [range(*bound) for bound in pairwise(bounds) if epochs]


def distillation_round(epoch: int, config: TrainConfig) -> range | None:
    """The latest round of distillation that has begun by an epoch, counted from 0; None before the first."""
    return next((epochs for epochs in reversed(distillation_rounds(config)) if epoch >= epochs.start), None)


def learning_rate_at(step: int, steps: int, config: TrainConfig) -> float:
    """The learning rate for a step.

    step: 0 to `steps` - 1. steps: of the whole training.
    `one-cycle` rises from a 25th of the highest rate over the first quarter, then falls to 0 as a cosine (after
    L. Smith, N. Topin, "Super-convergence", 2018); `cosine` falls from the start (I. Loshchilov, F. Hutter, "SGDR",
    ICLR 2017). Rounds of distillation come after the schedule, and each falls as a cosine, from a sixth of the highest
    rate.
    """
    per_epoch = steps // max(1, config.epochs)
    if epochs := distillation_round(step // max(1, per_epoch), config):
        done = (step - epochs.start * per_epoch) / (len(epochs) * per_epoch)
        return config.learning_rate * _DISTILLING * _fall(done)
    done = step / max(1, steps - per_epoch * config.epochs_of_distillation)
    if config.schedule == "constant":
        return config.learning_rate
    if config.schedule == "cosine":
        return config.learning_rate * _fall(done)
    if done < _WARM_UP:
        return config.learning_rate * (_START + (1 - _START) * (1 - _fall(done / _WARM_UP)))
    return config.learning_rate * _fall((done - _WARM_UP) / (1 - _WARM_UP))


def _fall(done: float) -> float:
    """From 1 to 0 along half a cosine, as `done` goes from 0 to 1."""
    return (1 + math.cos(math.pi * done)) / 2
