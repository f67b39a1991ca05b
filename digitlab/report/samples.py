"""Images for the report, drawn at random with a fixed seed: ordinary ones, and some that were read wrong."""

from typing import NamedTuple

import numpy as np

from digitlab.metrics.predictions import Predictions

_EACH = 5
"""Images of each digit that are drawn whatever the answer."""
_SEED = 0


class Row(NamedTuple):
    """Samples of one digit, as indices. drawn: at random from all its images. mistake: at random from the other ones
    that were read wrong; None when there is none."""

    digit: int
    drawn: np.ndarray
    mistake: int | None


def sample_rows(predictions: Predictions) -> list[Row]:
    """A row for each digit that has images; the same rows for the same answers."""
    random = np.random.default_rng(_SEED)
    return [_row(predictions, digit, random) for digit in range(10) if (predictions.labels == digit).any()]


def _row(predictions: Predictions, digit: int, random: np.random.Generator) -> Row:
    of_digit = np.flatnonzero(predictions.labels == digit)
    drawn = random.choice(of_digit, min(_EACH, len(of_digit)), replace=False)
    wrong = np.setdiff1d(of_digit[~predictions.right[of_digit]], drawn)
    return Row(digit, drawn, int(random.choice(wrong)) if len(wrong) else None)


def describe_samples(predictions: Predictions, rows: list[Row]) -> str:
    """How they were drawn, and how many of those drawn whatever the answer are right."""
    drawn = np.concatenate([row.drawn for row in rows])
    return (
        f"Each row: up to {_EACH} images of a digit, drawn at random, and behind the line one more of its mistakes, if "
        f"there is one. Below each image: true digit → predicted digit, and its probability. Of the {len(drawn)} "
        f"drawn at random, {int(predictions.right[drawn].sum())} are read right."
    )
