"""What all finished figures of one model have in common; texts and grid lines take the page's theme."""

from typing import Any

import plotly.graph_objects as go

ACCENT = "#666cf0"
"""One model's own figures. None of the colours that stand for models or digits, and seen on light and dark."""

WRONG = "#CC3311"
"""Mistakes."""

GUIDE = "#888888"
"""Lines to compare with: seen on light and dark."""

_LEGEND = {
    "orientation": "h",
    "xref": "container",
    "x": 0.02,
    "xanchor": "left",
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
    "itemwidth": 30,
    "entrywidth": 85,  # two columns on a phone
    "font": {"size": 11},
}


def layout(title: str, x: dict[str, Any], y: dict[str, Any], height: int, **more: Any) -> go.Layout:
    """Title, axes with names, a legend below and a fixed height in pixels; x, y: settings of the axes."""
    return go.Layout(
        title={"text": title, "x": 0, "xref": "container", "font": {"size": 15}},
        height=height,
        margin={"l": 8, "r": 12, "t": 44, "b": 8},
        xaxis={"automargin": True, "zeroline": False, **x},
        yaxis={"automargin": True, "zeroline": False, **y},
        legend=_LEGEND,
        hovermode="closest",
        **more,
    )


def diagonal(low: float = 0.0, high: float = 1.0) -> go.Scatter:
    """A dotted line from corner to corner."""
    return go.Scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        line={"dash": "dot", "width": 1, "color": GUIDE},
        hoverinfo="skip",
        showlegend=False,
    )
