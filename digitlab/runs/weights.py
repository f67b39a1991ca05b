"""Weights as safetensors: never pickle, and nothing is trusted before names, shapes and values are checked."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from digitlab.errors import BadRun
from digitlab.files import write_bytes

_REMEDY = "Choose another run, or train the model again."


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
