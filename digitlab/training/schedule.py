"""Learning rate schedules: the rate at every step, as a function of nothing but the step."""

import math

from digitlab.config import TrainConfig

_WARM_UP = 0.25
_START = 1 / 25
_DISTILLING = 1 / 6
"""The rate at which distillation starts, as a share of the highest: what was learned is to be refined."""


def learning_rate_at(step: int, steps: int, config: TrainConfig) -> float:
    """The learning rate for a step.

    step: 0 to `steps` - 1. steps: of the whole training.
    `one-cycle` rises from a 25th of the highest rate over the first quarter, then falls to 0 as a cosine (after
    L. Smith, N. Topin, "Super-convergence", 2018); `cosine` falls from the start (I. Loshchilov, F. Hutter, "SGDR",
    ICLR 2017). Epochs of distillation come after the schedule and fall as a cosine, from a sixth of the highest rate.
    """
    distilling = steps * config.epochs_of_distillation // max(1, config.epochs)
    before = steps - distilling
    if distilling and step >= before:
        return config.learning_rate * _DISTILLING * _fall((step - before) / distilling)
    done = step / max(1, before)
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
