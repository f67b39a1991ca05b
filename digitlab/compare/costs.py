"""What a model costs: its size on disk, its training time, and how long it takes to read an image here."""

import statistics
from dataclasses import dataclass

import numpy as np

from digitlab.models import SIDE
from digitlab.predictor import Predictor
from digitlab.runs.run import Run

_IMAGES = 40
_WARM_UP = 5


@dataclass(frozen=True)
class Costs:
    """parameters: numbers that training sets. bytes: of the weights file. seconds: of training, None when unknown.

    milliseconds: to read one image on this machine.
    """

    parameters: int
    bytes: int
    seconds: float | None
    milliseconds: float


def costs_of(run: Run, predictor: Predictor) -> Costs:
    """Measures the time per image: a few dozen readings. Raises BadRun when the run's status is damaged."""
    size = run.weights.stat().st_size
    return Costs(predictor.parameters, size, run.status.seconds or None, milliseconds_per_image(predictor))


def milliseconds_per_image(predictor: Predictor) -> float:
    """The median time to read an image, in ms, one at a time and after warming up."""
    image = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), np.uint8)
    times = [predictor.read(image).milliseconds for _ in range(_WARM_UP + _IMAGES)]
    return statistics.median(times[_WARM_UP:])
