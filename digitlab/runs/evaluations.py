"""evaluations/<data>.npz: a run's scores and labels on one data set, with the fingerprints of weights and data."""

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitlab.errors import BadRun
from digitlab.files import write_bytes

_DAMAGED = (OSError, RuntimeError, ValueError, TypeError, KeyError, EOFError, MemoryError)
"""What NumPy and zipfile raise for damaged and foreign files."""


@dataclass(frozen=True)
class Evaluation:
    """logits: `float32` of shape (N, 10). labels: `int64` of shape (N,). Fingerprints: of weights and images."""

    logits: np.ndarray
    labels: np.ndarray
    weights: str
    data: str


def fingerprint_file(path: Path) -> str:
    """A short name of a file's exact content (SHA-256, 16 hex digits)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def save_evaluation(path: Path, evaluation: Evaluation) -> None:
    """Write scores and labels, whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        logits=evaluation.logits.astype(np.float32),
        labels=evaluation.labels.astype(np.uint8),
        weights=np.array(evaluation.weights),
        data=np.array(evaluation.data),
    )
    write_bytes(path, packed.getvalue())


def load_evaluation(path: Path) -> Evaluation:
    """Raises BadRun when the file is missing, damaged or foreign."""
    try:
        with np.load(path, allow_pickle=False) as saved:
            evaluation = Evaluation(
                saved["logits"].astype(np.float32),
                saved["labels"].astype(np.int64),
                str(saved["weights"]),
                str(saved["data"]),
            )
    except (*_DAMAGED, zipfile.BadZipFile, zlib.error) as error:
        raise BadRun(f"{path} is missing or damaged ({error}). Delete it; it will be computed again.") from error
    if evaluation.labels.ndim != 1 or evaluation.logits.shape != (len(evaluation.labels), 10):
        raise BadRun(f"{path} holds scores of shape {evaluation.logits.shape}. Delete it; it will be computed again.")
    return evaluation
