"""Weights as safetensors, read whole, as pictures, and the state that a training resumes from.

Never pickle: nothing that could run code is loaded, and nothing is used before names, shapes and values are checked.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn

from digitlab.errors import BadRun
from digitlab.files import write_bytes
from digitlab.folders import make_folder
from digitlab.image import CLASSES, SIDE
from digitlab.runs.run import Run

_REMEDY = "Choose another run, or train the model again."

_SOFTMAX_WEIGHTS = "linear.weight"
"""The tensor of softmax regression that has a weight per digit and pixel."""


def save_weights(path: Path, weights: dict[str, Tensor], *, half: bool = False) -> None:
    """Write a model's weights, whole or not at all. half: floating-point numbers as float16, for snapshots."""

    def stored(value: Tensor) -> Tensor:
        value = value.detach().cpu().contiguous()
        return value.half() if half and value.is_floating_point() else value

    write_bytes(path, save({name: stored(value) for name, value in weights.items()}))


def load_weights(path: Path, model: nn.Module) -> None:
    """Fill a model with saved weights, in the model's own number format.

    Raises BadRun when the file is missing, damaged, made for another architecture, or holds numbers that are not
    finite; the model is then unchanged.
    """
    weights = _read(path)
    expected = model.state_dict()
    if weights.keys() != expected.keys():
        odd = sorted(weights.keys() ^ expected.keys())[0]
        raise BadRun(f"{path} does not fit the model: the tensor {odd!r} is missing or foreign. {_REMEDY}")
    for name, value in weights.items():
        if value.shape != expected[name].shape:
            shapes = f"{tuple(value.shape)} instead of {tuple(expected[name].shape)}"
            raise BadRun(f"{path} does not fit the model: the tensor {name!r} has shape {shapes}. {_REMEDY}")
        weights[name] = value.to(expected[name].dtype)
        if not torch.isfinite(weights[name]).all():
            raise BadRun(f"{path} is damaged: the tensor {name!r} holds numbers that are not finite. {_REMEDY}")
    model.load_state_dict(weights)


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror or error}. {_REMEDY}") from error
    except (SafetensorError, ValueError, KeyError) as error:
        raise BadRun(f"{path} is damaged or no safetensors file ({error}). {_REMEDY}") from error


def save_resume(run: Run, state: dict[str, Any]) -> None:
    """Write a trainer's state, whole or not at all, in place of the one before."""
    make_folder(run.resume.parent)
    packed = io.BytesIO()  # torch hides the reason when it cannot write to the disk
    torch.save(state, packed)
    write_bytes(run.resume, packed.getvalue())


def load_resume(run: Run) -> dict[str, Any] | None:
    """The saved state, or None when there is none. Loads tensors, numbers and strings only, never code.

    Raises BadRun when the file is damaged or holds anything else.
    """
    if not run.resume.is_file():
        return None
    try:
        state = torch.load(run.resume, map_location="cpu", weights_only=True)
    except Exception as error:  # torch's reader of pickles raises nearly anything when it is given something else
        raise BadRun(
            f"{run.resume} is damaged or foreign. Delete it to train from the start, or clone the run."
        ) from error
    if not isinstance(state, dict):
        raise BadRun(f"{run.resume} holds no training state. Delete it to train from the start, or clone the run.")
    return state


def weight_images(path: Path) -> np.ndarray:
    """The weights of a softmax regression, `float32` of shape (10, 28, 28), from its weights or a snapshot.

    Raises BadRun when the file is missing, damaged, or of another architecture.
    """
    weights = read_tensor(path, _SOFTMAX_WEIGHTS)
    if weights.shape != (CLASSES, SIDE * SIDE):
        raise BadRun(f"{path} holds weights of shape {weights.shape}. Choose a run of the model softmax.")
    return weights.reshape(CLASSES, SIDE, SIDE)


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
    indices = np.linspace(0, len(epochs) - 1, most).round().astype(int)
    return sorted({epochs[index] for index in indices} | (set(always) & set(epochs)))


def weight_norm(path: Path, names: Sequence[str]) -> float:
    """The L2 norm of some tensors of a weights file or snapshot, taken together. Raises BadRun."""
    return float(np.linalg.norm([np.linalg.norm(read_tensor(path, name)) for name in names]))
