"""A reader: a run's model, calibrated, ready to read images."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from digitlab.data.parts import Part
from digitlab.errors import BadPicture
from digitlab.image.prepare import as_images, prepare
from digitlab.metrics.predictions import Predictions, tempered, to_probabilities
from digitlab.models import compute_hidden, compute_logits, count_parameters, for_reading
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.scores import read_doubt
from digitlab.runs.weights import model_of
from digitlab.settings import Settings

if TYPE_CHECKING:
    from digitlab.metrics.summary import Summary

_BRIGHT = 128
"""Grey level from which an image's rim is no black background."""


@dataclass(frozen=True)
class Reading:
    """What a model made of an image: the likeliest digit, all ten probabilities, and how long it took.

    sure: whether the likeliest digit's probability reaches the model's threshold; if not, it may be no digit at all.
    """

    digit: int
    probabilities: np.ndarray
    milliseconds: float
    sure: bool = True

    @property
    def probability(self) -> float:
        """Of the likeliest digit, in 0..1."""
        return float(self.probabilities[self.digit])


class Predictor:
    """A run's model with its weights, on the CPU. Safe to share between threads: reading changes nothing.

    Raises BadRun when weights or config are missing, damaged or foreign, UnknownName for an unknown architecture.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.name = run.id
        self.architecture = run.config.model
        self.model = model_of(run)
        self.parameters = count_parameters(self.model)
        self.doubt = read_doubt(run)
        self._network = for_reading(self.model)

    def read(self, picture: Any) -> Reading:
        """Read one digit.

        picture: an image, white ink on black, as `as_images` takes it; or a path or a PIL image of any size, which
        `prepare` makes one of. Raises BadPicture when it is neither, or an image that would be read as something
        else than it shows, and BlankDrawing when a picture is empty.
        """
        if isinstance(picture, str | Path | Image.Image):
            return self.read_all(prepare(picture).image[None])[0]
        images = as_images(picture)
        if len(images) != 1:
            raise BadPicture(f"There are {len(images)} images. Read several with read_all.")
        _check_polarity(images[0])
        return self.read_all(images)[0]

    def hidden(self, images: np.ndarray) -> np.ndarray:
        """What the last dense layer gets of images, `uint8` of shape (N, 28, 28): `float32` of shape (N, values)."""
        return compute_hidden(self._network, torch.tensor(images)).numpy()

    def read_all(self, images: Any) -> list[Reading]:
        """Read several images at once, as `as_images` takes them; the time is shared evenly."""
        if not len(images):
            return []
        batch = torch.tensor(as_images(images))
        began = time.perf_counter()
        logits = compute_logits(self._network, batch).numpy()
        milliseconds = (time.perf_counter() - began) * 1000 / len(batch)
        rows = to_probabilities(logits / self.doubt.temperature)
        return [Reading(int(row.argmax()), row, milliseconds, bool(row.max() >= self.doubt.threshold)) for row in rows]


def _check_polarity(image: np.ndarray) -> None:
    """Raises BadPicture for two common slips: ink and paper swapped, and ink of 1 where it should be 255."""
    rim = np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
    if np.median(rim) >= _BRIGHT:
        raise BadPicture("The image has a bright rim; images are white ink on black. Invert it: 255 - image.")
    if image.max() == 1:
        raise BadPicture("The image's strongest ink is 1 of 255. Multiply it by 255, or give floats in 0..1.")


def load_model(name: str, settings: Settings | None = None) -> Predictor:
    """The reader of a checkpoint's name, a run id or a run's folder. Raises UnknownName or BadRun.

    settings: where the runs are; None for the installation's own (`DIGITLAB_RUNS`).
    """
    return Predictor(Catalogue(settings or Settings.from_environment()).find_or_folder(str(name)))


def predict(model: Predictor | nn.Module | str, part: Part) -> Predictions:
    """A model's answers on all images of a part, from which metrics and figures are made.

    model: a reader, its name (see `load_model`), or any module that gives logits; readers are calibrated.
    """
    reader = load_model(model) if isinstance(model, str) else model
    network, temperature = (reader.model, reader.doubt.temperature) if isinstance(reader, Predictor) else (reader, 1.0)
    images = part.images.to(next(network.parameters(), part.images).device)  # one just trained may be on a GPU
    logits = compute_logits(network, images).numpy()
    return tempered(Predictions(logits, part.labels.numpy()), temperature)


def evaluate(model: Predictor | nn.Module | str, part: Part) -> "Summary":
    """How well a model reads a part: accuracy with its interval, mistakes, loss, recall of each digit.

    model: as `predict` takes it.
    """
    from digitlab.metrics.summary import summarize  # scikit-learn takes two seconds: not for who only reads a drawing

    return summarize(predict(model, part))
