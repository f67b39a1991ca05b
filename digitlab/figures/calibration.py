"""The reliability diagram: what the model claims against how often it is right."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from digitlab.figures.layout import ACCENT, GUIDE, diagonal, layout
from digitlab.metrics.calibration import Reliability

HEIGHT = 460


def reliability_figure(now: Reliability, before: Reliability | None = None) -> go.Figure:
    """Accuracy against confidence in bins, the larger the more images, above their number in each bin.

    before: the model as it is, drawn faintly when `now` is at another temperature.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.76, 0.24], vertical_spacing=0.05)
    figure.add_trace(diagonal(), row=1, col=1)
    if before is not None:
        figure.add_trace(_line(before, "as trained", GUIDE), row=1, col=1)
    figure.add_trace(_line(now, "this temperature" if before else "as trained", ACCENT), row=1, col=1)
    figure.add_bar(
        x=now.confidence,
        y=now.images,
        width=0.05,
        marker={"color": ACCENT, "opacity": 0.6},
        hovertemplate="%{y:,} images around %{x:.1%}<extra></extra>",
        showlegend=False,
        row=2,
        col=1,
    )
    figure.update_layout(
        layout(
            "Reliability: accuracy against confidence",
            x={"range": [0, 1.02], "tickformat": ".0%"},
            y={"title": "accuracy", "range": [-0.04, 1.04], "tickformat": ".0%"},
            height=HEIGHT,
        )
    )
    figure.update_xaxes(title="confidence", range=[0, 1.02], tickformat=".0%", row=2, col=1)
    figure.update_yaxes(title="images", automargin=True, zeroline=False, nticks=3, row=2, col=1)
    return figure


def _line(reliability: Reliability, name: str, colour: str) -> go.Scatter:
    return go.Scatter(
        x=reliability.confidence,
        y=reliability.accuracy,
        customdata=reliability.images,
        name=name,
        mode="lines+markers",
        cliponaxis=False,
        line={"color": colour, "width": 2},
        marker={"size": 5 + 9 * np.sqrt(reliability.images / reliability.images.max())},
        hovertemplate=f"<b>{name}</b><br>says %{{x:.1%}}, right %{{y:.1%}}<br>%{{customdata:,}} images<extra></extra>",
    )
