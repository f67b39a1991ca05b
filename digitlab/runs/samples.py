"""samples.npz: a few validation images, kept with the run so that a page can show the current verdict on them."""

import io
import zipfile

import numpy as np

from digitlab.files import write_bytes
from digitlab.runs.run import Run

COUNT = 16


def save_samples(run: Run, images: np.ndarray, labels: np.ndarray) -> None:
    """Keep images, `uint8` of shape (N, 28, 28), and their digits."""
    packed = io.BytesIO()
    np.savez_compressed(packed, images=images, labels=labels.astype(np.uint8))
    write_bytes(run.folder / "samples.npz", packed.getvalue())


def load_samples(run: Run) -> tuple[np.ndarray, np.ndarray] | None:
    """The kept images and digits, or None when there are none that can be read."""
    try:
        with np.load(run.folder / "samples.npz", allow_pickle=False) as saved:
            images, labels = saved["images"], saved["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = images.dtype == np.uint8 and images.shape == (len(labels), 28, 28)
    return (images, labels) if fits else None
