"""A run's saved map: where a t-SNE put the test images, with the fingerprints of what made it.

It lies with the run, as `maps/<data>-tsne.npz`; that of a checkpoint, which is read-only, in the folder of runs.
"""

from pathlib import Path

import numpy as np

from digitlab.errors import BadRun
from digitlab.folders import make_folder
from digitlab.runs.arrays import Form, load_arrays, save_arrays
from digitlab.runs.run import Run
from digitlab.runs.scores import fingerprint_file

VERSION = 1
"""Of the way in which maps are made; one of another version is made again."""

HIDDEN = ".maps"
"""In the folder of runs: maps of checkpoints, and how far the map is that is being made."""

_MOST_POINTS = 10_000
_FORMS = {
    "points": Form(("f",), (None, 2)),
    "model": Form(("U",), ()),
    "weights": Form(("U",), ()),
    "images": Form(("U",), ()),
    "version": Form(("i", "u"), ()),
}
_AGAIN = "Delete it; the map will be made again."


def positions_file(run: Run, runs: Path, data: str) -> Path:
    """Where the map is or will be. runs: the installation's folder of runs."""
    return (
        runs / HIDDEN / f"{run.id}-{data}-tsne.npz" if run.is_checkpoint else run.folder / "maps" / f"{data}-tsne.npz"
    )


def save_positions(path: Path, run: Run, images: str, points: np.ndarray) -> None:
    """Write a map whole. images: the images' fingerprint. points: shape (N, 2). Raises NotSaved."""
    make_folder(path.parent)
    save_arrays(
        path,
        points=points.astype(np.float32),
        model=np.array(run.config.model),
        weights=np.array(fingerprint_file(run.weights)),
        images=np.array(images),
        version=np.array(VERSION),
    )


def read_positions(path: Path, run: Run, images: str, count: int) -> np.ndarray | None:
    """The saved map of the run's present weights and these very images; None when there is none that can be used.

    count: of the images. Returns `float32` of shape (count, 2).
    """
    try:
        found = load_arrays(path, _FORMS, _MOST_POINTS, _AGAIN)
        made_of = (str(found["model"]), str(found["weights"]), str(found["images"]), int(found["version"]))
        wanted = (run.config.model, fingerprint_file(run.weights), images, VERSION)
    except (BadRun, OSError, KeyError):
        return None
    points = found["points"].astype(np.float32)
    return points if made_of == wanted and len(points) == count and np.isfinite(points).all() else None
