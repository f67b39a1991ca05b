"""What the model claims against how often it is right, and accuracy against coverage."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from digitlab.figures.style import ACCENT, GUIDE, diagonal, layout
from digitlab.metrics.calibration import Coverage, Reliability

HEIGHT = 460


def reliability_figure(now: Reliability, as_trained: Reliability | None = None, name: str = "calibrated") -> go.Figure:
    """Accuracy against confidence in bins, the larger the more images, above their number in each bin.

    as_trained: the model at temperature 1, drawn faintly where `now` is at another. name: what `now` is called.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.76, 0.24], vertical_spacing=0.05)
    figure.add_trace(diagonal(), row=1, col=1)
    if as_trained is not None:
        figure.add_trace(_line(as_trained, "as trained", GUIDE), row=1, col=1)
    figure.add_trace(_line(now, name, ACCENT), row=1, col=1)
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


def coverage_figure(coverage: Coverage) -> go.Figure:
    """How often the model is right on the share of images that it is surest of."""
    low = float(coverage.accuracy.min())
    figure = go.Figure(
        layout=layout(
            "Accuracy against coverage",
            x={"title": "coverage: share of images answered", "range": [0, 1.01], "tickformat": ".0%"},
            y={
                "title": "accuracy",
                "range": [low - 0.1 * (1 - low) - 1e-4, 1 + 0.05 * (1 - low) + 1e-4],
                "tickformat": ".4~%",
            },
            height=HEIGHT,
            showlegend=False,
        )
    )
    figure.add_scatter(
        x=coverage.share,
        y=coverage.accuracy,
        customdata=coverage.least,
        mode="lines",
        line={"color": ACCENT, "width": 2},
        hovertemplate=(
            "%{x:.1%} of the images answered<br>%{y:.2%} of them right<br>confidence at least %{customdata:.1%}"
            "<extra></extra>"
        ),
    )
    return figure
