"""How large weights and gradients were, epoch by epoch."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from digitlab.figures.layout import layout

HEIGHT = 300
"""Pixels of the figure."""

WEIGHT_NORM, GRADIENT_NORM = "weight_norm", "gradient_norm"
"""Keys of a history's records: the global L2 norm at the epoch's end, and its mean over the epoch's steps."""


def has_norm(history: Sequence[Mapping[str, Any]], key: str) -> bool:
    """Whether the training wrote a norm down; older ones did not."""
    return any(_is_finite(record.get(key)) for record in history)


def norm_figure(history: Sequence[Mapping[str, Any]], key: str, colour: str) -> go.Figure:
    """One norm by epoch. history: a record per epoch. key: WEIGHT_NORM or GRADIENT_NORM."""
    told = [record for record in history if _is_finite(record.get(key))]
    title = "Norm of the weights" if key == WEIGHT_NORM else "Norm of the gradient"
    figure = go.Figure(
        layout=layout(
            title, {"title": "epoch", "rangemode": "tozero"}, {"title": "L2 norm", "rangemode": "tozero"}, HEIGHT
        )
    )
    figure.add_scatter(
        x=[record["epoch"] for record in told],
        y=[record[key] for record in told],
        mode="lines+markers",
        line={"color": colour, "width": 2},
        hovertemplate="epoch %{x}: %{y:.4g}<extra></extra>",
    )
    return figure


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
