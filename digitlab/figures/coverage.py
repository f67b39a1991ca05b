"""Accuracy against coverage as a figure."""

import plotly.graph_objects as go

from digitlab.figures.layout import ACCENT, layout
from digitlab.metrics.coverage import Coverage

HEIGHT = 460


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
