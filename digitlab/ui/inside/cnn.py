"""A convolutional network from inside: its filters through the epochs, and what each layer makes of an image."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st

from digitlab.explain.layers import Layer, convolution_before, feature_maps, filters
from digitlab.formats import count
from digitlab.runs.run import Run
from digitlab.runs.weights import first_filters
from digitlab.ui.app import address, readers
from digitlab.ui.components.film import Film, show_film
from digitlab.ui.inside.epochs import show_epochs
from digitlab.ui.shared.image_picker import ChosenImage
from digitlab.ui.shared.weight_film import WeightFilm


def has_convolutions(layers: Sequence[Layer]) -> bool:
    """Whether there is anything to show here."""
    return any(layer.is_convolution for layer in layers)


def show_first_filters(run: Run, layers: Sequence[Layer]) -> None:
    """The filters of the first convolution through the epochs."""
    first = next(layer for layer in layers if layer.is_convolution)
    st.header(
        "What it learned first",
        help="Each filter slides over the image. Where the ink under it looks like its red part and stays off its blue "
        "part, its feature map lights up.",
    )
    film = WeightFilm(
        key="filters",
        title=f"Filters of the first layer: {first.detail}",
        captions=[str(number) for number in range(first.shape[0])],
        tile="Filter",
        columns=8,
        meaning="weight: negative (blue) or positive (red)",
        hint="Point at a cell to read its weight.",
        read=partial(first_filters, name=f"{first.module}.weight"),
    )
    show_epochs(run, film)


def show_feature_maps(run: Run, layers: Sequence[Layer], chosen: ChosenImage) -> None:
    """The feature maps of a layer, and the filter behind one of them."""
    st.header(
        "What each layer makes of the image",
        help="A layer turns its input into a stack of pictures, the feature maps; each shows where in the image its "
        "filter found what it looks for.",
    )
    shown = {layer.name: layer for layer in layers if layer.has_maps}
    address.forget_unless("layer", shown)
    name = st.selectbox(
        "Layer",
        list(shown),
        format_func=lambda name: f"{name} · {_size(shown[name].shape)}" if name in shown else name,
        **address.choice(
            "layer",
            shown,
            _first_with_maps(layers),
            help="The layers in the order in which the image passes them, and the size of what each one makes.",
        ),
    )
    layer, model = shown[name], readers.predictor(run.id).model
    maps = feature_maps(model, chosen.image)[layer.module]
    address.forget_unless("map", range(len(maps)))
    channel = address.read("map", range(len(maps)), int(maps.reshape(len(maps), -1).max(1).argmax()))
    film = _maps(layer, maps, f"{run.id} {layer.module} {chosen.name}")
    show_film(film, f"maps of {run.id} {layer.module}", picked=channel, picked_key="map")
    _show_filter(run, convolution_before(layers, layer), channel, filters(model))


def _show_filter(run: Run, convolution: Layer | None, channel: int, weights: Mapping[str, np.ndarray]) -> None:
    """The kernels of the filter that makes a map: one for each map of the layer before."""
    if convolution is None:
        return
    kernels = weights[convolution.module][channel]
    film = Film(
        name=f"{run.id} {convolution.module} {channel}",
        title=f"Filter {channel} of {convolution.name}, which makes this map: {_kernels(len(kernels))}",
        frames=kernels[None],
        captions=[str(number) for number in range(len(kernels))],
        tile="Input map",
        columns=12 if len(kernels) < 48 else 16,
        meaning="weight: negative (blue) or positive (red)",
        hint="Choose another map above to see its filter.",
    )
    show_film(film, f"filter of {run.id} {convolution.module}")


def _kernels(number: int) -> str:
    return "one kernel, for the image" if number == 1 else f"a kernel for each of the {number} maps before it"


def _maps(layer: Layer, maps: np.ndarray, name: str) -> Film:
    return Film(
        name=name,
        title=f"Feature maps of {layer.name}: {_size(layer.shape)}",
        frames=maps[None],
        captions=[str(number) for number in range(len(maps))],
        tile="Map",
        columns=8 if len(maps) <= 24 else 16,
        meaning="activation" if maps.min() >= 0 else "activation: negative (blue) or positive (red)",
        hint="Choose a map to see the filter that makes it.",
    )


def _first_with_maps(layers: Sequence[Layer]) -> str:
    """The first ReLU, where the first feature maps are; else the first layer that has maps."""
    names = [layer.name for layer in layers if layer.has_maps]
    return next((name for name in names if name.startswith("ReLU")), names[0])


def _size(shape: Sequence[int]) -> str:
    """A layer's output: 24 maps of 28×28."""
    return f"{count(shape[0])} {'map' if shape[0] == 1 else 'maps'} of {shape[1]}×{shape[2]}"
