"""How well each checkpoint reads: MNIST's test part, and unseen people by collection, pen width, size and place.

    python -m benchmarks.reading [MODEL…]

One table on standard output, accuracies in percent; the last column is the median time for one image on one core.
"""

import statistics
import sys
from collections.abc import Callable, Sequence

import numpy as np
import torch

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.pen import pen_drawings
from digitlab.image.prepare import prepare_ink
from digitlab.ink.strokes import CANVAS, LabelledDrawing, fit_ink
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.summary import summarize
from digitlab.reading.predictor import Predictor, load_model
from digitlab.runs.listing import Catalogue
from digitlab.settings import Settings

_WIDTHS = (10.0, 18.0, 30.0)
_LENGTHS = (80.0, 160.0, 240.0)
_USUAL_WIDTH, _USUAL_LENGTH = 18.0, 160.0
_TIMED = 100


def main(names: Sequence[str]) -> None:
    """Print the table for these models, or for all checkpoints."""
    torch.set_num_threads(1)
    settings = Settings.from_environment()
    mnist = load_part("mnist", PartName.TEST, settings.data)
    drawings = pen_drawings(settings.data, PartName.TEST, 0.1)
    columns = {"MNIST": (mnist.images.numpy(), mnist.labels.numpy()), **_pen_columns(settings, drawings)}
    models = [load_model(name, settings) for name in (names or [run.id for run in Catalogue(settings).checkpoints()])]
    widest = max(len(model.name) for model in models)
    print(f"{'':{widest}} " + " ".join(f"{title:>{len(title) + 2}}" for title in columns) + "   ms")
    print(f"{'images':{widest}} " + " ".join(f"{len(y):>{len(t) + 2},}" for t, (_, y) in columns.items()))
    for model in models:
        figures = [f"{_percent(model, *images):{len(title) + 2}.2f}" for title, images in columns.items()]
        print(f"{model.name:{widest}} {' '.join(figures)} {_milliseconds(model):4.1f}")
    for model in models:
        for title in ("MNIST", "pen"):
            print(f"{model.name} on {title}: {_interval(model, *columns[title])}")


_Images = tuple[np.ndarray, np.ndarray]


def _pen_columns(settings: Settings, drawings: Sequence[LabelledDrawing]) -> dict[str, _Images]:
    """Title → images, `uint8` of shape (N, 28, 28), and digits."""
    pen = load_part("pen", PartName.TEST, settings.data)
    images, labels = pen.images.numpy(), pen.labels.numpy()
    donors = np.array([drawing.donor for drawing in drawings])
    return {
        "pen": (images, labels),
        **{donor: (images[donors == donor], labels[donors == donor]) for donor in sorted(set(donors))},
        **{f"pen {width:g}": _drawn(drawings, width, _USUAL_LENGTH) for width in _WIDTHS},
        **{f"size {length:g}": _drawn(drawings, _USUAL_WIDTH, length) for length in _LENGTHS},
        "corner": _drawn(drawings, _USUAL_WIDTH, 100.0, lambda length: (CANVAS - length / 2 - 12, length / 2 + 12)),
    }


def _drawn(
    drawings: Sequence[LabelledDrawing],
    width: float,
    length: float,
    place: Callable[[float], tuple[float, float]] = lambda _length: (CANVAS / 2, CANVAS / 2),
) -> _Images:
    """The drawings with one pen, size and place."""
    inks = [fit_ink(drawing.ink, length, place(length)) for drawing in drawings]
    return np.stack([prepare_ink(ink, width).image for ink in inks]), np.array([d.digit for d in drawings])


def _percent(model: Predictor, images: np.ndarray, labels: np.ndarray) -> float:
    return 100 * float(np.mean([r.digit == label for r, label in zip(model.read_all(images), labels, strict=True)]))


def _interval(model: Predictor, images: np.ndarray, labels: np.ndarray) -> str:
    logits = np.log(np.stack([reading.probabilities for reading in model.read_all(images)]) + 1e-12)
    summary = summarize(Predictions(logits, labels))
    low, high = summary.interval
    return (
        f"{100 * summary.accuracy:.2f} % ({100 * low:.2f} to {100 * high:.2f}), "
        f"{summary.mistakes} of {summary.images:,} wrong"
    )


def _milliseconds(model: Predictor) -> float:
    image = np.zeros((28, 28), np.uint8)
    return statistics.median(model.read(image).milliseconds for _ in range(_TIMED))


if __name__ == "__main__":
    main(sys.argv[1:])
