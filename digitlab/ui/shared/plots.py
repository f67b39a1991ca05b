"""Finished figures on the page, each with a toolbar that saves it as PNG."""

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

_HIDDEN = ["select2d", "lasso2d", "autoScale2d"]


def show_plot(figure: go.Figure, name: str, on_click: Callable[[], None] | None = None) -> None:
    """Show a figure. name: its widget's key and the saved picture's name. on_click: called when a point is chosen."""
    config: dict[str, Any] = {
        "displaylogo": False,
        "modeBarButtonsToRemove": _HIDDEN,
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": f"digitlab-{name.replace(' ', '-')}"},
    }
    if on_click is None:
        st.plotly_chart(figure, key=name, config=config)
    else:
        st.plotly_chart(figure, key=name, config=config, on_select=on_click, selection_mode="points")


def page_colour() -> str:
    """The background of the page in the visitor's theme, `#rrggbb`."""
    return str(st.get_option(f"theme.{st.context.theme.type or 'light'}.backgroundColor"))


def clicked(name: str) -> Any:
    """The customdata of the point that was clicked last in the figure of this name; None when none is."""
    points = st.session_state.get(name, {}).get("selection", {}).get("points", [])
    return points[0].get("customdata") if points else None
