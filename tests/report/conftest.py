"""Histories and answers to report on."""

import numpy as np

from digitlab.metrics.predictions import Predictions


def answers_of(labels: list[int], said: list[int], sure: float = 5.0) -> Predictions:
    return Predictions(np.eye(10)[said] * sure, np.array(labels))


def epoch(number: int, train: tuple[float, float], validation: tuple[float, float]) -> dict[str, float]:
    """A record of the history: (loss, accuracy) in training and in validation."""
    return {
        "epoch": number,
        "step": number,
        "train_loss": train[0],
        "train_accuracy": train[1],
        "validation_loss": validation[0],
        "validation_accuracy": validation[1],
    }
