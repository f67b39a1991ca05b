"""The ten weight images of softmax regression: what speaks for and against each digit, pixel by pixel."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from digitlab.errors import BadRun

_NAME = "linear.weight"
_SHAPE = (10, 784)


def weight_images(path: Path) -> np.ndarray:
    """The weights of a softmax regression, `float32` of shape (10, 28, 28), from its weights or a snapshot.

    Raises BadRun when the file is missing, damaged, or of another architecture.
    """
    weights = read_tensor(path, _NAME)
    if weights.shape != _SHAPE:
        raise BadRun(f"{path} holds weights of shape {weights.shape}. Choose a run of the model softmax.")
    return weights.reshape(10, 28, 28)


def first_filters(path: Path, name: str) -> np.ndarray:
    """The filters of a convolution that sees the image, `float32` of shape (filters, height, width).

    name: of its weights in the file, such as `features.0.0.weight`.
    Raises BadRun when the file is missing or damaged, or when that convolution does not see one grey image.
    """
    weights = read_tensor(path, name)
    if weights.ndim != 4 or weights.shape[1] != 1:
        raise BadRun(f"{path}: {name} has shape {weights.shape}, which are no filters of a grey image.")
    return weights[:, 0]


def read_tensor(path: Path, name: str) -> np.ndarray:
    """One tensor of a weights file or snapshot, as `float32`, without reading the others. Raises BadRun."""
    try:
        with safe_open(path, framework="numpy") as file:
            values: np.ndarray = file.get_tensor(name)
    except (OSError, SafetensorError) as error:
        raise BadRun(f"{path} is missing or damaged, or holds no {name}. Choose another run.") from error
    return values.astype(np.float32)


def spread(epochs: Sequence[int], most: int, always: Sequence[int] = ()) -> list[int]:
    """At most `most` of the epochs, evenly spread, the first and last among them; and those of `always` besides."""
    if len(epochs) <= most:
        return list(epochs)
    places = np.linspace(0, len(epochs) - 1, most).round().astype(int)
    kept = {epochs[place] for place in places} | (set(always) & set(epochs))
    return sorted(kept)


def weight_norm(path: Path, names: Sequence[str]) -> float:
    """The L2 norm of some tensors of a weights file or snapshot, taken together. Raises BadRun."""
    return float(np.linalg.norm([np.linalg.norm(read_tensor(path, name)) for name in names]))
