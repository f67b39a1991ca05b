"""A run's scores: its logits on every image of one part, computed once, saved with it, and read as calibrated answers.

`evaluations/<data>.npz` holds them, with the fingerprints of what made them; `samples.npz` a few validation images, so
that a page can show the current verdict on them.
"""

import hashlib
import io
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitlab.data.parts import Part
from digitlab.errors import BadRun, NotSaved
from digitlab.files import write_bytes
from digitlab.folders import make_folder
from digitlab.image import CLASSES, SIDE
from digitlab.metrics.calibration import COLDEST, HOTTEST, Doubt
from digitlab.metrics.predictions import Predictions, tempered
from digitlab.models import build_model, compute_logits
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights

SAMPLES = 16
"""Images in samples.npz."""

_DAMAGED = (
    *(OSError, RuntimeError, ValueError, TypeError, KeyError, EOFError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What NumPy and zipfile raise for damaged and foreign files."""


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


def score(run: Run, part: Part, save_as: str | None = None) -> Scores:
    """The scores of the run's weights on a part's images.

    save_as: the data set's name, under which the scores are saved in the run folder and read again as long as weights
    and images are the same. Checkpoints are read-only: theirs are read but never written.
    Raises BadRun when weights or config are missing, damaged or foreign.
    """
    if not run.weights.is_file():
        raise BadRun(f"{run.folder} has no weights yet. Wait for its first epoch, or choose another run.")
    origin = (run.config.model, fingerprint_file(run.weights), part.fingerprint())
    if save_as and (saved := read_scores(run, save_as)) and saved.origin == origin:
        return saved
    model = build_model(run.config.model)
    load_weights(run.weights, model)
    scores = Scores(compute_logits(model, part.images).numpy(), part.labels.numpy(), *origin)
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
    _save_arrays(
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
    try:
        with np.load(path, allow_pickle=False) as saved:
            scores = Scores(
                saved["logits"].astype(np.float32),
                saved["labels"].astype(np.int64),
                str(saved["model"]) if "model" in saved else model,
                str(saved["weights"]),
                str(saved["data"]),
            )
    except _DAMAGED as error:
        raise BadRun(f"{path} is missing or damaged ({error}). Delete it; it will be computed again.") from error
    if scores.labels.ndim != 1 or scores.logits.shape != (len(scores.labels), CLASSES):
        raise BadRun(f"{path} holds scores of shape {scores.logits.shape}. Delete it; it will be computed again.")
    return scores


def read_doubt(run: Run) -> Doubt:
    """Temperature and threshold from the run's results; none where there are none, or no sensible ones."""
    saved: Any = run.results.get("doubt")
    try:
        doubt = Doubt(float(saved["temperature"]), float(saved["threshold"]))
    except (KeyError, TypeError, ValueError):
        return Doubt()
    return doubt if COLDEST <= doubt.temperature <= HOTTEST and 0 <= doubt.threshold <= 1 else Doubt()


def calibrated(run: Run, scores: Scores) -> Predictions:
    """The answers as every page, report and command shows them: at the run's own temperature."""
    return tempered(Predictions(scores.logits, scores.labels), read_doubt(run).temperature)


def save_samples(run: Run, images: np.ndarray, labels: np.ndarray) -> None:
    """Write a few images, `uint8` of shape (N, 28, 28), and their digits into the run's folder."""
    _save_arrays(_samples_file(run), images=images, labels=labels.astype(np.uint8))


def load_samples(run: Run) -> tuple[np.ndarray, np.ndarray] | None:
    """The run's sample images and their digits, or None when there are none that can be read."""
    try:
        with np.load(_samples_file(run), allow_pickle=False) as saved:
            images, labels = saved["images"], saved["labels"].astype(np.int64)
    except _DAMAGED:
        return None
    fits = images.dtype == np.uint8 and images.shape == (len(labels), SIDE, SIDE)
    return (images, labels) if fits else None


def has_damaged_samples(run: Run) -> bool:
    """Whether the run has a file of samples that cannot be read."""
    return _samples_file(run).exists() and load_samples(run) is None


def _samples_file(run: Run) -> Path:
    return run.folder / "samples.npz"


def _save_arrays(path: Path, **arrays: np.ndarray) -> None:
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]  # its stubs take the first name for a flag
    write_bytes(path, packed.getvalue())
