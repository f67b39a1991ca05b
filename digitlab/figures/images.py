"""Images side by side, each under a caption: digits in grey, and weights in the colours of their signs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from digitlab.figures.style import BURD, layout, limit_of
from digitlab.image import CLASSES

_IMAGE = 124
"""Pixels of a row of images."""

_LINE = 17
"""Pixels of a line of a caption."""

_TOP = 76
"""Pixels above all captions, for the title and plotly's buttons."""


def images_figure(title: str, images: Any, captions: Sequence[object], columns: int = 5) -> go.Figure:
    """Images, `uint8` of shape (N, height, width), white ink on black, with N ≥ 1; a caption for each.

    A caption has a second line after `<br>`; on a phone, five in a row have room for some seven letters a line.
    """
    figure = _side_by_side(title, np.asarray(images), captions, columns, "grey value %{z}")
    return figure.update_layout(
        coloraxis={"colorscale": ["#000000", "#ffffff"], "cmin": 0, "cmax": 255, "showscale": False}
    )


def weights_figure(weights: np.ndarray) -> go.Figure:
    """The weights of a softmax regression, shape (10, 28, 28): ink on red speaks for the digit, on blue against it.

    One scale for all ten.
    """
    figure = _side_by_side("Weights of each digit, one per pixel", weights, range(CLASSES), 5, "weight %{z:+.4f}")
    limit = limit_of(weights)
    bar = {"title": {"text": "weight"}, "thickness": 12, "tickformat": "+.2~f"}
    return figure.update_layout(coloraxis={"colorscale": BURD, "cmin": -limit, "cmax": limit, "colorbar": bar})


def _side_by_side(title: str, images: np.ndarray, captions: Sequence[object], columns: int, value: str) -> go.Figure:
    """value: how the pointer's pixel is written."""
    rows = -(-len(images) // columns)
    texts = [str(caption) for caption in captions]
    gap = _LINE * (1 + max(text.count("<br>") for text in texts)) + 8
    inside = rows * _IMAGE + (rows - 1) * gap
    figure = make_subplots(
        rows=rows, cols=columns, subplot_titles=texts, horizontal_spacing=0.02, vertical_spacing=gap / inside
    )
    for number, image in enumerate(images):
        hover = f"row %{{y}}, column %{{x}}: {value}<extra></extra>"
        figure.add_heatmap(
            z=image, coloraxis="coloraxis", hovertemplate=hover, row=number // columns + 1, col=number % columns + 1
        )
    figure.update_layout(layout(title, {}, {}, _TOP + gap + inside + 8))
    figure.update_layout(margin_t=_TOP + gap, title_pad_b=gap + 8).update_annotations(font_size=13)
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain", constraintoward="top", autorange="reversed")
    for number in range(1, len(images) + 1):
        figure.layout[f"yaxis{number}"].scaleanchor = f"x{number}"
    return figure
