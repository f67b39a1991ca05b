"""A model's layers as a table, and how large its weights and gradients were while it learned."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from torch import nn

from digitlab.explain.layers import Layer
from digitlab.figures.training import GRADIENT_NORM, WEIGHT_NORM, has_norm, norm_figure
from digitlab.formats import count, percent
from digitlab.glossary import hint
from digitlab.runs.run import Run
from digitlab.ui.components.live_html import live_html
from digitlab.ui.inside.epochs import norms_of_snapshots
from digitlab.ui.shared.plots import show_plot

_show_table = live_html("digitlab.layers", Path(__file__).with_name("layers.css"))

_NO_GRADIENTS = (
    "The norm of the gradient would be here, but no epoch of this run recorded it. Clone the run on the page Train and "
    "train it for an epoch or more."
)


def show_layers(layers: Sequence[Layer]) -> None:
    """What each layer is, what it makes of one image, and its parameters."""
    st.header("Layers", help="In the order in which an image passes them. Shapes are for one image.")
    total = sum(layer.parameters for layer in layers)
    st.caption(f"{count(len(layers))} layers, {count(total)} parameters.")
    _show_table(layers_html(layers), "layers")


def layers_html(layers: Sequence[Layer]) -> str:
    """A line for each layer: its name and size, the shape of its output, its parameters and their share of all."""
    total = sum(layer.parameters for layer in layers) or 1
    lines = "".join(
        f'<tr><th scope="row" data-detail="{escape(layer.detail)}">{escape(layer.name)}</th>'
        f'<td class="detail">{escape(layer.detail)}</td>'
        f'<td class="number">{"×".join(map(str, layer.shape))}</td><td class="number">{count(layer.parameters)}</td>'
        f'<td class="share"><i style="--part:{100 * layer.parameters / total:.2f}%"'
        f' title="{percent(layer.parameters / total)} of all parameters"></i></td></tr>'
        for layer in layers
    )
    return (
        '<table aria-label="Layers"><thead><tr><th scope="col">Layer</th>'
        '<th scope="col" class="detail">What it does</th>'
        '<th scope="col" class="number">Output</th><th scope="col" class="number">Parameters</th>'
        f'<th scope="col" class="share">Share</th></tr></thead><tbody>{lines}</tbody></table>'
    )


def show_norms(run: Run, model: nn.Module, colour: str) -> None:
    """The norms of weights and gradients by epoch, and a line where they were not recorded."""
    st.header(
        "Norms of weights and gradients",
        help=f"{hint('norm')} A gradient that shrinks says that the training settles; one that grows without end, that "
        "the learning rate is too high.",
    )
    history = run.history
    left, right = st.columns(2, gap="large")
    with left:
        weights = history if has_norm(history, WEIGHT_NORM) else norms_of_snapshots(run, model)
        _show(
            run, weights, WEIGHT_NORM, colour, "The norm of the weights would be here, but this run has no snapshots."
        )
    with right:
        _show(run, history, GRADIENT_NORM, colour, _NO_GRADIENTS)


def _show(run: Run, history: Sequence[Mapping[str, Any]], key: str, colour: str, nothing: str) -> None:
    if has_norm(history, key):
        show_plot(norm_figure(history, key, colour), key.replace("_", " "), run.id)
    else:
        st.info(nothing, icon=":material/info:")
