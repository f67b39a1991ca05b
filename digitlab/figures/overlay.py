"""Several models in one figure, each in its own colour: curves of the training, ROC curves, recalls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from digitlab.figures.roc_pr import ROC_CORNER
from digitlab.figures.style import GUIDE, diagonal, layout
from digitlab.metrics.curves import Curve

HEIGHT = 400
"""Pixels of every figure."""

_LETTER = 6
"""Width of a letter in the legend, in pixels."""

LEGEND = -0.24
"""Where the legend begins, in heights of the plot: below the name of the axis at this height."""

_EPOCHS = {"title": "epoch", "rangemode": "tozero"}
_LOSS_TICKS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
_LEFT = ROC_CORNER / 10
"""The false positive rate from which on the zoom shows the curves whole."""


@dataclass(frozen=True)
class Compared:
    """What a figure shows of one model. name: for people. history: a record per epoch."""

    name: str
    colour: str
    history: Sequence[Mapping[str, Any]] = ()

    @property
    def text(self) -> str:
        """The name as plotly shows it letter for letter: it takes `<a>` for a link and `%{x}` for a value's place."""
        return escape(self.name, quote=False).replace("{", "&#123;")


def overlaid_loss(models: Sequence[Compared]) -> go.Figure:
    """Loss by epoch: validation solid, training dotted; the axis is logarithmic, or good models would be flat."""
    y = {"title": "cross-entropy (nats), log scale", "type": "log", "tickvals": _LOSS_TICKS, "tickformat": "~g"}
    figure = go.Figure(layout=layout("Loss of training and validation", _EPOCHS, y, HEIGHT))
    _add_curves(figure, models, "loss", 1.0, ".4f")
    return figure


def overlaid_accuracy(models: Sequence[Compared]) -> go.Figure:
    """Accuracy by epoch: validation solid, training dotted."""
    y = {"title": "accuracy", "ticksuffix": " %"}
    figure = go.Figure(layout=layout("Accuracy of training and validation", _EPOCHS, y, HEIGHT))
    _add_curves(figure, models, "accuracy", 100.0, ".2f")
    return figure


def overlaid_roc(curves: Sequence[tuple[Compared, Curve]], what: str, zoomed: bool) -> go.Figure:
    """A ROC curve per model. what: whose they are, such as `digit 3`. zoomed: the corner of good models alone."""
    low = min((float(np.interp(_LEFT, curve.x, curve.y)) for _, curve in curves), default=0.0)
    x = {"title": "false positive rate", "range": [0, ROC_CORNER] if zoomed else [-0.01, 1], "tickformat": ".1~%"}
    y = {
        "title": "true positive rate",
        "range": [max(0.0, low - 0.02), 1.005] if zoomed else [0, 1.01],
        "tickformat": ".1~%",
    }
    title = f"ROC, zoomed: {what}" if zoomed else f"ROC: {what}"
    figure = go.Figure(layout=layout(title, x, y, HEIGHT)).update_layout(legend={"y": LEGEND, "entrywidth": 210})
    if not zoomed:
        figure.add_trace(diagonal())
    for model, curve in curves:
        figure.add_scatter(
            x=curve.x,
            y=curve.y,
            name=f"{model.text}: AUC {curve.area:.5f}",
            mode="lines",
            line={"color": model.colour, "width": 2.5},
            hovertemplate=f"<b>{model.text}</b><br>false positives %{{x:.2%}}<br>true positives %{{y:.2%}}"
            "<extra></extra>",
        )
    return figure


def _add_curves(figure: go.Figure, models: Sequence[Compared], kind: str, factor: float, number: str) -> None:
    """Two lines a model, and a legend that is as wide as the longest name."""
    longest = max((len(model.name) for model in models), default=0) + len(", validation")
    figure.update_layout(legend={"y": LEGEND, "entrywidth": _LETTER * longest})
    for model in models:
        for part, key, dash in (("training", f"train_{kind}", "dot"), ("validation", f"validation_{kind}", "solid")):
            known = [record for record in model.history if isinstance(record.get(key), int | float)]
            figure.add_scatter(
                x=[record["epoch"] for record in known],
                y=[factor * record[key] for record in known],
                name=f"{model.text}, {part}",
                mode="lines+markers" if len(known) < 2 else "lines",
                line={"color": model.colour, "width": 2, "dash": dash},
                hovertemplate=f"<b>{model.text}</b>, {part}<br>epoch %{{x}}<br>{kind} %{{y:{number}}}<extra></extra>",
            )


def recall_differences(
    a: Compared, b: Compared, recall_a: Mapping[int, float], recall_b: Mapping[int, float]
) -> go.Figure:
    """Bars of recall of B minus recall of A, in percentage points, each in the colour of the better model.

    recall_a, recall_b: digit → recall in 0..1.
    """
    digits = sorted(recall_a.keys() & recall_b.keys())
    points = [100 * (recall_b[digit] - recall_a[digit]) for digit in digits]
    figure = go.Figure(
        layout=layout(
            f"Recall of each digit: {b.text} minus {a.text}",
            x={"title": "digit", "dtick": 1, "showgrid": False},
            y={"title": "percentage points", "zeroline": True, "zerolinecolor": GUIDE, "tickformat": "+.3~g"},
            height=HEIGHT,
            bargap=0.35,
        )
    )
    figure.update_layout(legend_y=LEGEND)
    for model, sign in ((a, -1), (b, 1)):
        better = [(digit, value) for digit, value in zip(digits, points, strict=True) if value * sign > 0]
        figure.add_bar(
            x=[digit for digit, _ in better],
            y=[value for _, value in better],
            name=f"{model.text} finds more",
            marker={"color": model.colour},
            customdata=[(100 * recall_a[digit], 100 * recall_b[digit]) for digit, _ in better],
            hovertemplate=f"digit %{{x}}: %{{y:+.2f}} points<br>{a.text} %{{customdata[0]:.2f}} %<br>"
            f"{b.text} %{{customdata[1]:.2f}} %<extra></extra>",
        )
    return figure
