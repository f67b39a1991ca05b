"""How well whole numbers are read: 2 to 6 digits of unseen people side by side, as a hand might write them on a pad.

    python -m benchmarks.numbers [--count NUMBER] [--seed NUMBER] [MODEL…]

Prints for each model how many numbers are read right, with the 95 % interval, and in how many there are as many digits
found as there are. 400 of them take less than a minute. MODEL: a checkpoint or run id, cnn where none is named.
"""

import argparse
import sys

import torch

from digitlab.errors import DigitlabError
from digitlab.metrics.significance import wilson_interval
from digitlab.reading.number import as_text, find_number, read_number
from digitlab.reading.predictor import load_model
from digitlab.settings import Settings
from tests.reading.pen_numbers import write_numbers


def main(models: list[str], count: int, seed: int) -> None:
    """Print the lines, each as soon as it is measured."""
    torch.set_num_threads(1)
    settings = Settings.from_environment()
    for name in models:
        model = load_model(name, settings)
        right = apart = 0
        for picture, meant in write_numbers(settings.data, count, seed):
            digits = find_number(picture, model)
            right += as_text(digits, read_number(digits, model)) == meant
            apart += len(digits) == len(meant)
        low, high = wilson_interval(right, count)
        print(
            f"{name}: {right} of {count} read right, {100 * right / count:.2f} % ({100 * low:.1f} to {100 * high:.1f} "
            f"%); as many digits found as there are in {apart}",
            flush=True,
        )


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("models", nargs="*", metavar="MODEL", default=["cnn"])
    asked = parser.parse_args()
    if asked.count < 1 or asked.seed < 0:
        parser.error("count must be 1 or more, and seed 0 or more.")
    return asked


if __name__ == "__main__":
    try:
        asked = _parsed()
        main(asked.models, asked.count, asked.seed)
    except DigitlabError as error:
        sys.exit(str(error))
