"""Weights as safetensors, read whole, as pictures, and the state that a training resumes from.

Never pickle: nothing that could run code is loaded, and nothing is used before names, shapes and values are checked.
"""

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from digitlab.errors import BadRun
from digitlab.files import read_bytes, write_bytes
from digitlab.folders import make_folder
from digitlab.formats import short
from digitlab.image import CLASSES, SIDE
from digitlab.models import build_model
from digitlab.runs.checked import Unfit, epochs, record, seconds, steps, text, whole
from digitlab.runs.run import Run
from digitlab.runs.zipped import opened_zip

_REMEDY = "Choose another run, or train the model again."

_ANEW = "Delete it to train from the start, or clone the run."

_MOST_TENSORS, _MOST_VALUES = 2000, 20_000
"""Of a training's state; that of the largest model has a tenth of it."""

_KINDS = ("F32", "F16", "I64")
"""What digitlab writes: weights, weights in snapshots, and counters."""

_MOST_BYTES = 64_000_000
_LONGEST_HEADER = 100_000
"""Bytes of the list of tensors; the largest model's has 5,000."""

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
    expected = {name: (tuple(value.shape), value.dtype) for name, value in model.state_dict().items()}
    weights: dict[str, Tensor] = {}
    with _opened(path, "pt") as file:
        if odd := sorted(set(file.keys()) ^ expected.keys()):
            raise BadRun(f"{path} does not fit the model: the tensor {short(odd[0])} is missing or foreign. {_REMEDY}")
        for name, (shape, kind) in expected.items():
            found = tuple(file.get_slice(name).get_shape())
            if found != shape:
                shapes = f"{short(found)} instead of {shape}"
                raise BadRun(f"{path} does not fit the model: the tensor {name!r} has shape {shapes}. {_REMEDY}")
            weights[name] = file.get_tensor(name).to(kind)
            if not torch.isfinite(weights[name]).all():
                raise BadRun(f"{path} is damaged: the tensor {name!r} holds numbers that are not finite. {_REMEDY}")
    model.load_state_dict(weights)


def model_of(run: Run) -> nn.Module:
    """The run's model with its weights, in evaluation mode.

    Raises BadRun when weights or config are missing, damaged or foreign, UnknownName for an unknown architecture.
    """
    model = build_model(run.config.model)
    load_weights(run.weights, model)
    return model.eval()


@contextmanager
def _opened(path: Path, framework: str) -> Iterator[Any]:
    """A safetensors file, whose tensors are read one by one within the block.

    Raises BadRun when it is missing, too large, damaged, or holds numbers of a kind that digitlab does not write; so
    also for what safetensors raises within the block.
    """
    try:
        _check_size(path)
        with safe_open(path, framework=framework) as file:
            for name in file.keys():  # noqa: SIM118  it is no mapping
                if (kind := file.get_slice(name).get_dtype()) not in _KINDS:
                    said = f"the tensor {short(name)} is of the type {kind}, not one of {', '.join(_KINDS)}"
                    raise BadRun(f"{path} is foreign: {said}. {_REMEDY}")
            yield file
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror or error}. {_REMEDY}") from error
    except SafetensorError as error:
        raise BadRun(f"{path} is damaged or not a safetensors file ({error}). {_REMEDY}") from error


def _check_size(path: Path) -> None:
    """Raises BadRun when the file or its list of tensors is larger than that of any model, and OSError."""
    with path.open("rb") as file:
        header = int.from_bytes(file.read(8), "little")
        size = file.seek(0, os.SEEK_END)
    if size > _MOST_BYTES:
        raise BadRun(f"{path} is foreign: it holds over {_MOST_BYTES / 1e6:g} MB. {_REMEDY}")
    if not 0 < header <= min(_LONGEST_HEADER, size):
        raise BadRun(f"{path} is damaged or not a safetensors file: its list of tensors has {header} bytes. {_REMEDY}")


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
        data = read_bytes(run.resume, _MOST_BYTES)
    except OSError as error:
        raise BadRun(f"{run.resume} cannot be read: {error.strerror}. {_ANEW}") from error
    with opened_zip(data, str(run.resume), _ANEW, _MOST_TENSORS, _MOST_BYTES):
        pass  # it is a zip file, whose members are all as large as they say
    try:
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # torch's reader of pickles raises nearly anything when it is given something else
        raise BadRun(f"{run.resume} is damaged or foreign. {_ANEW}") from error
    if not isinstance(state, dict):
        raise BadRun(f"{run.resume} holds no training state. {_ANEW}")
    try:
        _check_plain(state)
        _check_progress(state)
    except Unfit as error:
        raise BadRun(f"{run.resume} is damaged or foreign: {error}. {_ANEW}") from error
    return state


_check_progress = record(
    {"epoch": epochs, "step_in_epoch": steps, "seconds": seconds, "chosen_epoch": epochs, "best_epoch": epochs}
)


def _check_plain(state: dict[Any, Any]) -> None:
    """Raises Unfit for anything but tensors, short texts and numbers of 64 bits, in dictionaries and lists."""
    waiting: list[Any] = [state]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, int):
            whole(-(2**63), 2**63)(int(value))
        elif isinstance(value, str):
            text(1000)(value)
        elif not isinstance(value, Tensor | float | None):
            raise Unfit(value, "a tensor, a number or a text")
    raise Unfit(len(waiting), "nothing: there are too many values")


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
        raise BadRun(f"{path}: {name} has shape {weights.shape}, which does not fit filters of a grey image.")
    return weights[:, 0]


def read_tensor(path: Path, name: str) -> np.ndarray:
    """One tensor of a weights file or snapshot, as `float32`, without reading the others.

    Raises BadRun when the file is missing or damaged, or when it holds no such tensor or numbers that are not finite.
    """
    with _opened(path, "numpy") as file:
        if name not in file.keys():  # noqa: SIM118  it is no mapping
            raise BadRun(f"{path} holds no {name}. {_REMEDY}")
        values: np.ndarray = file.get_tensor(name)
    if not np.isfinite(values).all():
        raise BadRun(f"{path} is damaged: the tensor {name!r} holds numbers that are not finite. {_REMEDY}")
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
