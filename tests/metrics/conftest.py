"""Known answers: a few made by hand, and many drawn at random that are often right."""

import numpy as np
import pytest

from digitlab.metrics.predictions import Predictions


def answers_of(labels: list[int], said: list[int], sure: float = 5.0) -> Predictions:
    """Answers by hand: what each image is and what it was read as."""
    return Predictions(np.eye(10, dtype=np.float32)[said] * sure, np.array(labels))


@pytest.fixture
def many() -> Predictions:
    """3,000 answers, about three in four right."""
    random = np.random.default_rng(1)
    labels = random.integers(0, 10, 3000)
    logits = random.normal(0, 1.3, (3000, 10)) + 3 * np.eye(10)[labels]
    return Predictions(logits.astype(np.float32), labels)
