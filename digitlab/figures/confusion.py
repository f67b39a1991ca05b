"""The confusion matrix: true digits down, predicted digits across, each cell a point that can be clicked."""

import numpy as np
import plotly.graph_objects as go

from digitlab.figures.style import ACCENT, WRONG, layout
from digitlab.formats import count, percent

HEIGHT = 500
TITLES = {
    "counts": "Number of images",
    "shares": "Share of each true digit's images, in %",
    "errors": "Number of mistakes",
}
"""Way of reading, as in `digitlab.metrics.confusion.MODES`, → title."""

_DIGITS = list(range(10))
FAINT = 0.06
"""How much of the colour the smallest value has."""


def confusion_figure(
    counts: np.ndarray, mode: str = "counts", chosen: tuple[int, int] | None = None, page: str = "#ffffff"
) -> go.Figure:
    """counts: shape (10, 10), true × predicted. chosen: the cell (true, predicted) that is framed. page: its colour.

    Right answers and mistakes have a colour and a scale each, or the mistakes of a good model could not be seen. Every
    cell has a point whose customdata is (true, predicted): heatmaps themselves cannot be clicked in Streamlit.
    """
    shares = shares_of(counts)
    values = shares if mode == "shares" else counts.astype(float)
    is_right = np.eye(10, dtype=bool)
    figure = go.Figure(layout=_layout(TITLES[mode]))
    if mode != "errors":
        figure.add_trace(_cells(np.where(is_right, values, np.nan), mode, ACCENT, page))
    figure.add_trace(_cells(np.where(is_right, np.nan, values), mode, WRONG, page))
    figure.add_trace(_points(counts, shares))
    if chosen is not None:
        figure.add_shape(**_frame(*chosen))
    return figure


def shares_of(counts: np.ndarray) -> np.ndarray:
    """Each row as shares in 0..1 of its true digit's images; 0 where a digit has no image."""
    images = counts.sum(1, keepdims=True)
    return np.divide(counts, images, out=np.zeros(counts.shape), where=images > 0)


def _layout(title: str) -> go.Layout:
    axis = {"tickmode": "array", "tickvals": _DIGITS, "showgrid": False, "fixedrange": True, "ticks": ""}
    return layout(
        title,
        x={**axis, "title": "predicted digit", "range": [-0.5, 9.5], "constrain": "domain"},
        y={
            **axis,
            "title": "true digit",
            "range": [9.5, -0.5],
            "scaleanchor": "x",
            "constrain": "domain",
            "constraintoward": "top",
        },
        height=HEIGHT,
        showlegend=False,
        clickmode="event+select",
    )


def _cells(values: np.ndarray, mode: str, colour: str, page: str) -> go.Heatmap:
    """The values that are no NaN, each with its number; the largest in the full colour, 0 nearly as the page."""
    largest = np.nanmax(values)
    return go.Heatmap(
        z=values,
        x=_DIGITS,
        y=_DIGITS,
        zmin=0,
        zmax=largest if largest > 0 else 1,
        xgap=2,
        ygap=2,
        text=[[label(value, mode) for value in row] for row in values.tolist()],
        texttemplate="%{text}",
        textfont={"size": 12},
        colorscale=[[0, mixed(page, colour, FAINT)], [1, colour]],
        showscale=False,
        hoverinfo="skip",
        hoverongaps=False,
    )


def label(value: float, mode: str) -> str:
    """A cell's value as it is written; nothing for 0."""
    if not value > 0:
        return ""
    return f"{100 * value:.1f}" if mode == "shares" else f"{value:.0f}"


def mixed(page: str, colour: str, share: float) -> str:
    """A colour on the page, `#rrggbb`; share: how much of it there is, in 0..1."""
    pairs = [(int(page[i : i + 2], 16), int(colour[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(under + share * (over - under)):02x}" for under, over in pairs)


def _points(counts: np.ndarray, shares: np.ndarray) -> go.Scatter:
    """A point that is not seen on each cell, for the pointer."""
    cells = [(true, predicted) for true in _DIGITS for predicted in _DIGITS]
    return go.Scatter(
        x=[predicted for _, predicted in cells],
        y=[true for true, _ in cells],
        mode="markers",
        customdata=cells,
        hovertext=[_hover(int(counts[cell]), float(shares[cell]), *cell) for cell in cells],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"symbol": "square", "size": 26, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )


def _hover(images: int, share: float, true: int, predicted: int) -> str:
    verdict = f"{true} read as {predicted}" if true != predicted else f"{true} read right"
    noun = "image" if images == 1 else "images"
    return f"<b>{verdict}</b><br>{count(images)} {noun}<br>{percent(share, 2)} of all {true}s"


def _frame(true: int, predicted: int) -> dict[str, object]:
    return {
        "type": "rect",
        "x0": predicted - 0.5,
        "x1": predicted + 0.5,
        "y0": true - 0.5,
        "y1": true + 0.5,
        "line": {"width": 3, "color": "#DDAA33"},
    }
