"""A model's layers: what each one is, what it makes of an image, and how many parameters it has."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from digitlab.image import SIDE
from digitlab.models import count_parameters, single_look, to_input

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
    def is_convolution(self) -> bool:
        """Whether filters make its maps."""
        return self.kind == _KINDS["Conv2d"]

    @property
    def has_maps(self) -> bool:
        """Whether its output is a stack of pictures: (channels, height, width)."""
        return len(self.shape) == 3


@dataclass(frozen=True)
class Passed:
    """What a layer got for one image and what it made of it, each `float32` without the batch."""

    given: np.ndarray
    made: np.ndarray


def list_layers(model: nn.Module) -> list[Layer]:
    """All layers in the order in which an image passes them."""
    return describe_layers(model, pass_through(model, np.zeros((SIDE, SIDE), np.uint8)))


def describe_layers(model: nn.Module, passed: Mapping[str, Passed]) -> list[Layer]:
    """The layers that an image has passed, see `pass_through`, in that order."""
    modules = dict(model.named_modules())
    return [_layer(name, modules[module], module, passed[module].made) for module, name in _names(modules, passed)]


def feature_maps(model: nn.Module, image: np.ndarray) -> dict[str, np.ndarray]:
    """What each layer makes of an image: module name → `float32` of the layer's shape, in the order of the layers.

    image: `uint8` of shape (28, 28). The model itself is not touched, so that others may use it meanwhile.
    """
    return {module: one.made for module, one in pass_through(model, image).items()}


def convolution_before(layers: Sequence[Layer], layer: Layer) -> Layer | None:
    """The convolution whose filters a layer's maps come from; None before the first one."""
    until = [known for known in layers[: list(layers).index(layer) + 1] if known.is_convolution]
    return until[-1] if until else None


def filters(model: nn.Module) -> dict[str, np.ndarray]:
    """The filters of every convolution: module name → `float32` of shape (filters, inputs, height, width)."""
    return {
        name: module.weight.detach().cpu().float().numpy()
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d)
    }


def pass_through(model: nn.Module, image: np.ndarray) -> dict[str, Passed]:
    """Module name → what it got and made, of all modules that hold no others, in the order in which the image passes.

    image: `uint8` of shape (28, 28). A model that looks often is followed at its look at the image as it is.
    """
    watched = copy.deepcopy(
        single_look(model)
    ).eval()  # hooks on the original would see what other sessions read with it
    given: dict[str, np.ndarray] = {}
    passed: dict[str, Passed] = {}

    def watch(name: str, module: nn.Module) -> None:
        def before(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            given[name] = inputs[0][0].detach().clone().numpy()  # a ReLU may work in place

        def after(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            passed[name] = Passed(given[name], output[0].detach().clone().numpy())

        module.register_forward_pre_hook(before)
        module.register_forward_hook(after)

    for name, module in watched.named_modules():
        if name and not list(module.children()):
            watch(name, module)
    with torch.inference_mode():
        watched(to_input(torch.tensor(image)[None]))
    return passed


def _names(modules: Mapping[str, nn.Module], passed: Mapping[str, Passed]) -> list[tuple[str, str]]:
    """(module, name for people), numbered where a kind comes more than once."""
    kinds = {module: _kind(modules[module]) for module in passed}
    often, seen = Counter(kinds.values()), Counter[str]()
    named = []
    for module, kind in kinds.items():
        seen[kind] += 1
        named.append((module, f"{kind} {seen[kind]}" if often[kind] > 1 else kind))
    return named


def _layer(name: str, module: nn.Module, path: str, output: np.ndarray) -> Layer:
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
