"""A run's scores: its logits on every image of one part, computed once, saved with it, and read as calibrated answers.

`evaluations/<data>.npz` holds them, with the fingerprints of what made them; `samples.npz` a few validation images, so
that a page can show the current verdict on them.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab.data.parts import Part
from digitlab.errors import BadRun, NotSaved
from digitlab.folders import make_folder
from digitlab.image import CLASSES, SIDE
from digitlab.metrics.calibration import Doubt
from digitlab.metrics.predictions import Predictions, tempered
from digitlab.models import compute_logits, for_reading
from digitlab.runs.arrays import Form, load_arrays, save_arrays
from digitlab.runs.checked import Unfit, text
from digitlab.runs.run import Run
from digitlab.runs.weights import model_of

SAMPLES = 16
"""Images in samples.npz."""

_MOST_SAMPLES = 1000
_MOST_ROWS = 100_000
"""Images of a data set's part; MNIST has 10,000 to test on."""

_SCORES = {
    "logits": Form(("f",), (None, CLASSES)),
    "labels": Form(("i", "u"), (None,)),
    "model": Form(("U",), ()),
    "weights": Form(("U",), ()),
    "data": Form(("U",), ()),
}
_SAMPLES = {"images": Form(("u1",), (None, SIDE, SIDE)), "labels": Form(("i", "u"), (None,))}

_AGAIN = "Delete it; it will be computed again."
_WITHOUT = "Delete it; the run is shown without it."
_name = text(80)


@dataclass(frozen=True)
class Scores:
    """logits: `float32` of shape (N, 10). labels: `int64` of shape (N,).

    What made them: the architecture's name, and the fingerprints of weights and images. All three together tell two
    scores apart: the same weights read differently in another architecture.
    """

    logits: np.ndarray
    labels: np.ndarray
    model: str
    weights: str
    images: str

    @property
    def origin(self) -> tuple[str, str, str]:
        """Architecture, weights, images."""
        return self.model, self.weights, self.images


def fingerprint_file(path: Path) -> str:
    """A short name of a file's exact content (SHA-256, 16 hex digits)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def origin_of(run: Run, images: str) -> tuple[str, str, str]:
    """What scores of a run's present weights depend on: architecture, weights and images.

    images: the fingerprint of the part. Raises BadRun when the run has no weights or its config is damaged.
    """
    if not run.weights.is_file():
        raise BadRun(f"{run.folder} has no weights yet. Wait for its first epoch, or choose another run.")
    return run.config.model, fingerprint_file(run.weights), images


def score(run: Run, part: Part, save_as: str | None = None) -> Scores:
    """The scores of the run's weights on a part's images.

    save_as: the data set's name, under which the scores are saved in the run folder and read again as long as weights
    and images are the same. Checkpoints are read-only: theirs are read but never written.
    Raises BadRun when weights or config are missing, damaged or foreign.
    """
    origin = origin_of(run, part.fingerprint())
    if save_as and (saved := read_scores(run, save_as)) and saved.origin == origin:
        return saved
    network = for_reading(model_of(run))
    scores = Scores(compute_logits(network, part.images).numpy(), part.labels.numpy(), *origin)
    if not np.isfinite(scores.logits).all():
        raise BadRun(f"{run.weights} gives scores that are not finite. Choose another run, or train the model again.")
    if save_as and not run.is_checkpoint:
        with suppress(NotSaved):  # a folder that cannot be written to: the scores are right all the same
            save_scores(run.evaluation(save_as), scores)
    return scores


def read_scores(run: Run, data: str) -> Scores | None:
    """The saved scores of the run's present weights on a data set; None when there are none that can be used.

    Whether the images are still the same is for the caller to find out, if it has them.
    """
    try:
        model = run.config.model
        saved = load_scores(run.evaluation(data), model)
        return saved if (saved.model, saved.weights) == (model, fingerprint_file(run.weights)) else None
    except (BadRun, OSError):
        return None


def save_scores(path: Path, scores: Scores) -> None:
    """Write scores, whole or not at all."""
    make_folder(path.parent)
    save_arrays(
        path,
        logits=scores.logits.astype(np.float32),
        labels=scores.labels.astype(np.uint8),
        model=np.array(scores.model),
        weights=np.array(scores.weights),
        data=np.array(scores.images),
    )


def load_scores(path: Path, model: str) -> Scores:
    """Scores as `save_scores` wrote them. model: the architecture where the file names none, as in version 0.1.

    Raises BadRun when the file is missing, damaged or foreign.
    """
    found = load_arrays(path, _SCORES, _MOST_ROWS, _AGAIN)
    try:
        scores = Scores(
            _as_float32(found["logits"]),
            _digits(found["labels"]),
            _name(str(found.get("model", model))),
            _name(str(found["weights"])),
            _name(str(found["data"])),
        )
    except KeyError as error:
        raise BadRun(f"{path} is damaged or foreign: it holds no {error}. {_AGAIN}") from error
    except ValueError as error:
        raise BadRun(f"{path} is damaged or foreign: {error}. {_AGAIN}") from error
    if not np.isfinite(scores.logits).all():
        raise BadRun(f"{path} is damaged or foreign: it holds scores that are not finite. {_AGAIN}")
    return scores


def _as_float32(logits: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # what is too large becomes infinite
        return logits.astype(np.float32)


def _digits(labels: np.ndarray) -> np.ndarray:
    """Labels as `int64`. Raises Unfit when one is no digit."""
    if labels.min() < 0 or labels.max() >= CLASSES:
        raise Unfit(int(labels[(labels < 0) | (labels >= CLASSES)][0]), "a digit, as every label")
    return labels.astype(np.int64)


def read_doubt(run: Run) -> Doubt:
    """Temperature and threshold from the run's results; none where there are none. Raises BadRun when damaged."""
    saved = run.results.get("doubt")
    return Doubt(**saved) if saved else Doubt()


def calibrated(run: Run, scores: Scores) -> Predictions:
    """The answers as every page, report and command shows them: at the run's own temperature."""
    return tempered(Predictions(scores.logits, scores.labels), read_doubt(run).temperature)


def save_samples(run: Run, images: np.ndarray, labels: np.ndarray) -> None:
    """Write a few images, `uint8` of shape (N, 28, 28), and their digits into the run's folder."""
    save_arrays(_samples_file(run), images=images, labels=labels.astype(np.uint8))


def load_samples(run: Run) -> tuple[np.ndarray, np.ndarray] | None:
    """The run's sample images and their digits, or None when it has none. Raises BadRun when they are damaged."""
    path = _samples_file(run)
    if not path.exists():
        return None
    found = load_arrays(path, _SAMPLES, _MOST_SAMPLES, _WITHOUT)
    try:
        images, labels = found["images"], _digits(found["labels"])
    except KeyError as error:
        raise BadRun(f"{path} is damaged or foreign: it holds no {error}. {_WITHOUT}") from error
    except ValueError as error:
        raise BadRun(f"{path} is damaged or foreign: {error}. {_WITHOUT}") from error
    return images, labels


def _samples_file(run: Run) -> Path:
    return run.folder / "samples.npz"
