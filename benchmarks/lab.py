"""How long the view of Lab takes for one image, for each disturbance and model, on one core.

    python -m benchmarks.lab [MODEL…]

One table on standard output, medians in milliseconds: disturbing the image and reading it, as it was and as it is.
"""

import statistics
import sys
import time
from collections.abc import Sequence

import numpy as np
import torch

from digitlab.data.dataset import load_data
from digitlab.explain.attacks import get_ready
from digitlab.explain.robustness import DISTURBANCES
from digitlab.ink.strokes import Drawing
from digitlab.reading.disturbed import disturbed
from digitlab.reading.live import Question, ask
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Predictor, load_model

_TIMED = 30


def main(names: Sequence[str]) -> None:
    """Print the table for these models, or for softmax and cnn."""
    torch.set_num_threads(1)
    get_ready()
    readers = {name: load_model(name) for name in names or ("softmax", "cnn")}
    image = load_data("sklearn", "test").images[0].numpy()
    print(f"{'':14}" + "".join(f"{name:>12}" for name in readers))
    for name, one in DISTURBANCES.items():
        amount = next(amount for amount in reversed(one.amounts) if amount != one.neutral)
        times = [_milliseconds(image, model, {name: amount}, readers) for model in readers]
        print(f"{name:14}" + "".join(f"{time:12.1f}" for time in times))


def _milliseconds(image: np.ndarray, model: str, amounts: dict[str, float], readers: dict[str, Predictor]) -> float:
    question = Question(
        Drawing(ink=[]), [model], [disturbed.__name__], image=image, parameters=Parameters({**amounts, "digit": 0})
    )
    taken = []
    for _ in range(_TIMED):
        began = time.perf_counter()
        ask(question, readers.__getitem__)
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


if __name__ == "__main__":
    main(sys.argv[1:])
