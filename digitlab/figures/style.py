"""What all figures have in common: layout, the colours of the house, and signed values as colours.

Source of the colours: Paul Tol's schemes "bright", "muted" and "BuRd", https://personal.sron.nl/~pault/ (told apart by
colour-blind people, checked on light and dark).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # plotly takes a second: pages that need only the colours do without
    import plotly.graph_objects as go

ACCENT = "#666cf0"
"""One model's own figures. None of the colours that stand for models or digits, and seen on light and dark."""

WRONG = "#CC3311"
"""Mistakes."""

GUIDE = "#888888"
"""Lines to compare with: seen on light and dark."""

_APART = 7
"""Pixels between the x axis and its numbers: the first of them would else lie on the lowest number of the y axis."""

_TOOLS = 30
"""Pixels at the top of a figure that plotly's buttons take; on a phone they are always there and as wide as a title."""

_TITLE = {"x": 0, "xref": "container", "yref": "paper", "y": 1, "yanchor": "bottom", "pad": {"b": 12}}

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


def layout(title: str, x: dict[str, Any], y: dict[str, Any], height: int, **more: Any) -> "go.Layout":
    """Title, axes with names, a legend below and a fixed height in pixels; x, y: settings of the axes."""
    import plotly.graph_objects as go

    return go.Layout(
        title={"text": title, "font": {"size": 15}, **_TITLE},
        height=height,
        margin={"l": 8, "r": 12, "t": _TOOLS + 34, "b": 8},
        xaxis={"automargin": True, "zeroline": False, "ticklabelstandoff": _APART, **x},
        yaxis={"automargin": True, "zeroline": False, **y},
        legend=_LEGEND,
        hovermode="closest",
        **more,
    )


def diagonal(low: float = 0.0, high: float = 1.0) -> "go.Scatter":
    """A dotted line from corner to corner."""
    import plotly.graph_objects as go

    return go.Scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        line={"dash": "dot", "width": 1, "color": GUIDE},
        hoverinfo="skip",
        showlegend=False,
    )


MODELS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")
"""Models, in the order in which they were chosen."""

DIGITS = (
    "#332288",
    "#88CCEE",
    "#44AA99",
    "#117733",
    "#999933",
    "#DDCC77",
    "#CC6677",
    "#882255",
    "#AA4499",
    "#999999",
)
"""The digits 0 to 9."""


def colour_numbers(chosen: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """A number in the palette for each chosen model: name -> 0, 1, 2, …

    before: the numbers so far. A model keeps its number as long as it stays chosen, so that its colour never changes
    because another one came or went; a new one takes the first that is free.
    """
    old = {name: before[name] for name in chosen if name in before}
    free = (number for number in range(len(chosen) + len(old)) if number not in old.values())
    return {name: old[name] if name in old else next(free) for name in chosen}


def model_colour(number: int) -> str:
    """The colour of a number; after the last one they begin again."""
    return MODELS[number % len(MODELS)]


BURD = ("#2166AC", "#4393C3", "#92C5DE", "#D1E5F0", "#F7F7F7", "#FDDBC7", "#F4A582", "#D6604D", "#B2182B")
"""From the most negative to the most positive value; blue, a neutral middle, red."""

BURD_ON_DARK = ("#92C5DE", "#4393C3", "#2166AC", "#1F3A5C", "#20232F", "#5E2227", "#B2182B", "#D6604D", "#F4A582")
"""The same on a dark page: a dark middle and bright ends."""

_STOPS = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in BURD], float)


def limit_of(values: np.ndarray) -> float:
    """The largest amount among the values, for both ends of the scale; never 0."""
    largest = float(np.abs(values).max(initial=0.0))
    return largest if np.isfinite(largest) and largest > 0 else 1.0


def signed_colours(values: np.ndarray, limit: float) -> np.ndarray:
    """Values of shape (height, width) as colours, `uint8` of shape (height, width, 3): ±`limit` in the full colours."""
    stop = (np.clip(np.nan_to_num(values) / limit, -1, 1) + 1) / 2 * (len(BURD) - 1)
    channels = [np.interp(stop, np.arange(len(BURD)), _STOPS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
