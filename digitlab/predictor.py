"""A trained model, ready to read images one at a time."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from digitlab.evaluation import compute_logits, to_probabilities
from digitlab.metrics.calibration import COLDEST, HOTTEST
from digitlab.metrics.doubt import Doubt
from digitlab.models import build_model, count_parameters
from digitlab.runs.catalog import find_run
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights


@dataclass(frozen=True)
class Reading:
    """What a model made of an image: the likeliest digit, all ten probabilities, and how long it took.

    sure: whether the likeliest digit's probability reaches the model's threshold; if not, it may be no digit at all.
    """

    digit: int
    probabilities: np.ndarray
    milliseconds: float
    sure: bool = True


class Predictor:
    """A run's model with the weights that it keeps, on the CPU. Safe to share between threads: reading changes nothing.

    Raises BadRun when weights or config are missing, damaged or foreign, UnknownName for an unknown architecture.
    """

    def __init__(self, run: Run) -> None:
        self.name = run.id
        self.model = build_model(run.config.model)
        load_weights(run.weights, self.model)
        self.model.eval()
        self.parameters = count_parameters(self.model)
        self.doubt = _read_doubt(run)

    def read(self, image: np.ndarray) -> Reading:
        """Read one image, `uint8` of shape (28, 28)."""
        return self.read_all(image[None])[0]

    def read_all(self, images: np.ndarray) -> list[Reading]:
        """Read several images, `uint8` of shape (N, 28, 28), at once; the time is shared evenly."""
        began = time.perf_counter()
        logits = compute_logits(self.model, torch.tensor(images)).numpy()
        milliseconds = (time.perf_counter() - began) * 1000 / max(1, len(images))
        rows = to_probabilities(logits / self.doubt.temperature)
        return [Reading(int(row.argmax()), row, milliseconds, bool(row.max() >= self.doubt.threshold)) for row in rows]


def _read_doubt(run: Run) -> Doubt:
    """Temperature and threshold from the run's results; none where there are none, or no sensible ones."""
    kept: Any = run.results.get("doubt")
    try:
        doubt = Doubt(float(kept["temperature"]), float(kept["threshold"]))
    except (KeyError, TypeError, ValueError):
        return Doubt()
    return doubt if COLDEST <= doubt.temperature <= HOTTEST and 0 <= doubt.threshold <= 1 else Doubt()


def load_predictor(name: str) -> Predictor:
    """The predictor of a checkpoint's name or a run id. Raises UnknownName or BadRun."""
    return Predictor(find_run(name))
