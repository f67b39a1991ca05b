"""A trained model, ready to read images one at a time."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from digitlab.evaluation import compute_logits, to_probabilities
from digitlab.models import build_model, count_parameters
from digitlab.runs.catalog import find_run
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights


@dataclass(frozen=True)
class Reading:
    """What a model made of an image: the likeliest digit, all ten probabilities, and how long it took."""

    digit: int
    probabilities: np.ndarray
    milliseconds: float


class Predictor:
    """A run's model with its best weights, on the CPU. Safe to share between threads: reading changes nothing.

    Raises BadRun when weights or config are missing, damaged or foreign, UnknownName for an unknown architecture.
    """

    def __init__(self, run: Run) -> None:
        self.name = run.id
        self.model = build_model(run.config.model)
        load_weights(run.weights, self.model)
        self.model.eval()
        self.parameters = count_parameters(self.model)

    def read(self, image: np.ndarray) -> Reading:
        """Read one image, `uint8` of shape (28, 28)."""
        began = time.perf_counter()
        logits = compute_logits(self.model, torch.tensor(image)[None])[0].numpy()
        milliseconds = (time.perf_counter() - began) * 1000
        probabilities = to_probabilities(logits)
        return Reading(int(probabilities.argmax()), probabilities, milliseconds)


def load_predictor(name: str) -> Predictor:
    """The predictor of a checkpoint's name or a run id. Raises UnknownName or BadRun."""
    return Predictor(find_run(name))
