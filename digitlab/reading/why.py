"""The views "why?": what in the drawing speaks for and against a digit, and what each layer makes of it.

Parameters that name what was chosen before, such as a model that is no longer shown or another model's layer, fall back
to the default: they come from a page that changed meanwhile.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from digitlab.explain.arithmetic import Arithmetic, explain_pixel
from digitlab.explain.evidence import Evidence, LogitSum, evidence_of, is_linear
from digitlab.explain.layers import Layer, convolution_before, describe_layers, pass_through
from digitlab.explain.saliency import Looker, Saliency
from digitlab.image import CLASSES
from digitlab.models import has_convolutions, looks_often
from digitlab.reading.live import Readers, Readings, Seen, view
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Predictor

FOLLOW = -1
"""For a digit: the one that the model answers. For a rival: none."""

SECOND = -2
"""For a rival: the digit with the second highest logit."""

METHODS = ("integrated-gradients", "occlusion", "grad-cam")

_STEPS = (20, 36)
_STRIDES = (7, 3, 2)
"""Integrated gradients' steps and occlusion's strides, stage by stage: coarse while the pen moves, then finer."""


@dataclass(frozen=True)
class WhyDigit:
    """A linear model's evidence. models: those that can be chosen. chosen, chosen_rival: what was asked, see FOLLOW and
    SECOND; digit, rival: what that means for this drawing. is_whole: every pixel is to be listed.
    """

    models: Sequence[str]
    model: str
    evidence: Evidence
    digit: int
    rival: int | None
    chosen: int
    chosen_rival: int
    is_whole: bool

    @property
    def sum(self) -> LogitSum:
        """What was asked for: a logit, or the difference of two."""
        return self.evidence.sum_of(self.digit, self.rival)


@view("evidence")
def why_digit(seen: Seen, readers: Readers) -> Generator[np.ndarray, Readings, WhyDigit | None]:
    """Softmax regression's logit as a sum over the pixels; None where nothing is drawn or no such model is asked.

    Parameters: model; digit, FOLLOW or 0 to 9; rival, FOLLOW, SECOND or 0 to 9; whole.
    """
    yield from ()
    asked = seen.question.parameters
    chosen = asked.whole("digit", FOLLOW, CLASSES - 1, FOLLOW)
    chosen_rival = asked.whole("rival", SECOND, CLASSES - 1, FOLLOW)
    if seen.prepared is None or not (linear := _that(readers, is_linear)):
        return None
    model = _known(asked, "model", linear)
    evidence = evidence_of(linear[model].model, seen.prepared.image)
    digit = int(evidence.logits.argmax()) if chosen == FOLLOW else chosen
    others = [int(one) for one in np.argsort(-evidence.logits, kind="stable") if one != digit]
    rival = {FOLLOW: None, SECOND: others[0], digit: None}.get(chosen_rival, chosen_rival)
    is_whole = asked.values.get("whole") is True
    return WhyDigit(list(linear), model, evidence, digit, rival, chosen, chosen_rival, is_whole)


@dataclass(frozen=True)
class WhyParts:
    """What parts of an image a CNN looks at. models, model, chosen, digit: as in `WhyDigit`. image: `uint8`, (28, 28).

    methods: those that the model allows.
    of: what was explained, as text that changes with it. stage, stages: how finely it was, and the finest, from 0.
    is_one_look: whether the model looks several times, and this explains its look at the image as it is.
    """

    models: Sequence[str]
    model: str
    methods: Sequence[str]
    method: str
    image: np.ndarray
    logits: np.ndarray
    saliency: Saliency
    digit: int
    chosen: int
    of: str
    stage: int
    stages: int
    is_one_look: bool


@view("saliency", slow=True)
def why_parts(seen: Seen, readers: Readers) -> Generator[np.ndarray, Readings, WhyParts | None]:
    """A network's saliency by one of METHODS; None where nothing is drawn or no network is asked.

    Parameters: model; method; digit, FOLLOW or 0 to 9; of and stage: once `of` names what is seen, how finely to look.
    For anything else it looks coarsely: a pen that moves has no time for more.
    """
    yield from ()
    asked = seen.question.parameters
    chosen = asked.whole("digit", FOLLOW, CLASSES - 1, FOLLOW)
    method = asked.choice("method", METHODS, METHODS[0])
    wanted = asked.whole("stage", 0, len(_STRIDES), 0)
    if seen.prepared is None or not (networks := _that(readers, _is_network)):
        return None
    model, image = _known(asked, "model", networks), seen.prepared.image
    looker = Looker(networks[model].model, image)
    methods = [one for one in METHODS if one != "grad-cam" or looker.has_maps]
    method = method if method in methods else methods[0]
    digit = int(looker.logits.argmax()) if chosen == FOLLOW else chosen
    of = hashlib.sha256(f"{model} {method} {digit}".encode() + image.tobytes()).hexdigest()[:16]
    stages = {"integrated-gradients": len(_STEPS), "occlusion": len(_STRIDES), "grad-cam": 1}[method] - 1
    stage = min(wanted, stages) if asked.values.get("of") == of else 0
    often = looks_often(networks[model].model)
    saliency = _look(looker, method, digit, stage)
    return WhyParts(
        list(networks), model, methods, method, image, looker.logits, saliency, digit, chosen, of, stage, stages, often
    )


def _look(looker: Looker, method: str, digit: int, stage: int) -> Saliency:
    if method == "integrated-gradients":
        return looker.integrated_gradients(digit, _STEPS[stage])
    return looker.occlusion(digit, _STRIDES[stage]) if method == "occlusion" else looker.grad_cam(digit)


@dataclass(frozen=True)
class WhyLayers:
    """A layer's feature maps, and one pixel of one of them. models, model: as in `WhyDigit`.

    layers: those that have maps. maps: `float32` of shape (maps, height, width). map, row, column: the pixel.
    filter_of: the convolution whose filter the map comes from, and kernels, `float32` of shape (inputs, height, width);
    None before the first one. arithmetic: how the layer made the pixel. input: the input map chosen to be read.
    """

    models: Sequence[str]
    model: str
    layers: Sequence[Layer]
    layer: Layer
    maps: np.ndarray
    map: int
    row: int
    column: int
    filter_of: Layer | None
    kernels: np.ndarray | None
    arithmetic: Arithmetic | None
    input: int


@view("layers", slow=True)
def why_layers(seen: Seen, readers: Readers) -> Generator[np.ndarray, Readings, WhyLayers | None]:
    """What a layer of a CNN makes of the drawing, and how one pixel of it comes about; None where there is none.

    Parameters: model; layer, its name in the weights file, the first convolution if none is named; map, row, column
    and input, FOLLOW for the strongest.
    """
    yield from ()
    asked = seen.question.parameters
    most = 1 << 15
    places = {name: asked.whole(name, FOLLOW, most, FOLLOW) for name in ("map", "row", "column", "input")}
    if seen.prepared is None or not (networks := _that(readers, has_convolutions)):
        return None
    model = _known(asked, "model", networks)
    network = networks[model].model
    passed = pass_through(network, seen.prepared.image)
    layers = describe_layers(network, passed)
    first = next(layer.module for layer in layers if layer.is_convolution)
    having = {layer.module: layer for layer in layers if layer.has_maps}
    layer = having[_known(asked, "layer", having, first)]
    maps, modules = passed[layer.module].made, dict(network.named_modules())
    channel = _strongest(places["map"], maps.reshape(len(maps), -1).max(1))
    row, column = _pixel(places["row"], places["column"], maps[channel])
    maker = convolution_before(layers, layer)
    arithmetic = explain_pixel(modules[layer.module], passed[layer.module], channel, row, column)
    totals = np.array([abs(patch.total) for patch in getattr(arithmetic, "patches", ())])
    return WhyLayers(
        models=list(networks),
        model=model,
        layers=list(having.values()),
        layer=layer,
        maps=maps,
        map=channel,
        row=row,
        column=column,
        filter_of=maker,
        kernels=None if maker is None else _kernels(modules[maker.module], channel),
        arithmetic=arithmetic,
        input=_strongest(places["input"], totals) if len(totals) else 0,
    )


def _kernels(module: nn.Module, channel: int) -> np.ndarray | None:
    if not isinstance(module, nn.Conv2d) or channel >= module.out_channels:
        return None
    kernels: np.ndarray = module.weight[channel].detach().cpu().float().numpy()
    return kernels


def _strongest(chosen: int, values: np.ndarray) -> int:
    """The chosen index where there is one; else that of the largest value."""
    return chosen if 0 <= chosen < len(values) else int(values.argmax())


def _pixel(row: int, column: int, values: np.ndarray) -> tuple[int, int]:
    """The chosen pixel where the map has it; else its brightest one."""
    height, width = values.shape
    if 0 <= row < height and 0 <= column < width:
        return row, column
    at = int(values.argmax())
    return at // width, at % width


def _that(readers: Readers, is_so: Callable[[nn.Module], bool]) -> dict[str, Predictor]:
    """The readers that can be asked and whose model is so."""
    able = {name: reader for name, reader in readers.items() if isinstance(reader, Predictor)}
    return {name: reader for name, reader in able.items() if is_so(reader.model)}


def _is_network(model: nn.Module) -> bool:
    return not is_linear(model)


def _known(asked: Parameters, name: str, known: Iterable[str], default: str = "") -> str:
    """What was asked for, if it is there; else the default, else the first."""
    names = list(known)
    value = asked.values.get(name)
    if isinstance(value, str) and value in names:
        return value
    return default or names[0]
