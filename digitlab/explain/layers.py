"""A model's layers: what each one is, what it makes of an image, and how many parameters it has."""

import copy
from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from digitlab.image import SIDE
from digitlab.models import count_parameters, to_input

_KINDS = {
    "Conv2d": "convolution",
    "BatchNorm2d": "batch normalisation",
    "ReLU": "ReLU",
    "MaxPool2d": "max pooling",
    "AvgPool2d": "average pooling",
    "Linear": "dense",
    "Dropout": "dropout",
    "Normalize": "normalisation of the pixels",
}
"""Class of a module → what people call it; any other keeps its class name."""


_DETAILS = {
    "Normalize": "shifted and scaled to mean 0, standard deviation 1",
    "BatchNorm2d": "a scale and a shift for each map",
    "ReLU": "negative values become 0",
    "Dropout": "while training, zeroes some at random",
}
"""What a layer does, where its size says nothing."""


@dataclass(frozen=True)
class Layer:
    """One layer of a model.

    name: for people, unique in the model, such as `convolution 2`. module: its name in the weights file.
    detail: kernel and the like, possibly empty. shape: of its output for one image, without the batch.
    """

    name: str
    module: str
    kind: str
    detail: str
    shape: tuple[int, ...]
    parameters: int

    @property
    def has_maps(self) -> bool:
        """Whether its output is a stack of pictures: (channels, height, width)."""
        return len(self.shape) == 3


def list_layers(model: nn.Module) -> list[Layer]:
    """All layers in the order in which an image passes them."""
    modules = dict(model.named_modules())
    outputs = _outputs(model, np.zeros((SIDE, SIDE), np.uint8))
    return [_layer(name, modules[module], module, outputs[module]) for module, name in _names(modules, outputs)]


def feature_maps(model: nn.Module, image: np.ndarray) -> dict[str, np.ndarray]:
    """What each layer makes of an image: module name → `float32` of the layer's shape, in the order of the layers.

    image: `uint8` of shape (28, 28). The model itself is not touched, so that others may use it meanwhile.
    """
    return {module: output.numpy() for module, output in _outputs(model, image).items()}


def filters(model: nn.Module) -> dict[str, np.ndarray]:
    """The filters of every convolution: module name → `float32` of shape (filters, inputs, height, width)."""
    return {
        name: module.weight.detach().cpu().float().numpy()
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d)
    }


def _outputs(model: nn.Module, image: np.ndarray) -> dict[str, Tensor]:
    """Module name → output without the batch, of all modules that hold no others."""
    watched = copy.deepcopy(model).eval()  # hooks on the original would see what other sessions read with it
    outputs: dict[str, Tensor] = {}

    def record(name: str) -> None:
        def hook(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            outputs[name] = output[0].detach().clone()  # a ReLU may work in place

        watched.get_submodule(name).register_forward_hook(hook)

    for name, module in watched.named_modules():
        if name and not list(module.children()):
            record(name)
    with torch.inference_mode():
        watched(to_input(torch.tensor(image)[None]))
    return outputs


def _names(modules: dict[str, nn.Module], outputs: dict[str, Tensor]) -> list[tuple[str, str]]:
    """(module, name for people), numbered where a kind comes more than once."""
    kinds = {module: _kind(modules[module]) for module in outputs}
    often, seen = Counter(kinds.values()), Counter[str]()
    named = []
    for module, kind in kinds.items():
        seen[kind] += 1
        named.append((module, f"{kind} {seen[kind]}" if often[kind] > 1 else kind))
    return named


def _layer(name: str, module: nn.Module, path: str, output: Tensor) -> Layer:
    return Layer(name, path, _kind(module), _detail(module), tuple(output.shape), count_parameters(module))


def _kind(module: nn.Module) -> str:
    return _KINDS.get(type(module).__name__, type(module).__name__)


def _detail(module: nn.Module) -> str:
    if isinstance(module, nn.Conv2d):
        return f"{module.out_channels} filters of {'×'.join(map(str, module.kernel_size))}"
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
        size = module.kernel_size
        return "×".join(map(str, size if isinstance(size, tuple) else (size, size)))
    if isinstance(module, nn.Linear):
        return f"{module.in_features:,} inputs, {module.out_features:,} outputs"
    return _DETAILS.get(type(module).__name__, "")
