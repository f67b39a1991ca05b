"""Finished figures on the page, each with buttons that save it under a name that says what it is."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from digitlab.figures.describe import describe_figure
from digitlab.ui.components.save_figure import save_figure

_HIDDEN = ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "toImage"]
_MOST_NAMES = 3
"""Models that a file's name spells out."""


def show_plot(
    figure: go.Figure,
    name: str,
    about: str = "",
    words: str = "",
    on_pick: Callable[[list[Any]], None] | None = None,
    key: str = "",
) -> None:
    """Show a figure. name: what it is, for people, and the end of the saved file's name.

    about: what it is of, for the file's name, such as `cnn mnist test`. words: the figure for who hears it; empty for
    what `describe_figure` says. on_pick: a callback that is given the `customdata` of the marks that were clicked or
    lie in a box that was drawn, none when that was undone. key: of its widget; empty for its name.
    """
    key = key or name
    hidden = [button for button in _HIDDEN if not on_pick or button != "select2d"]
    picking: dict[str, Any] = {}
    if on_pick:
        picking = {"on_select": lambda: on_pick(_picked(key)), "selection_mode": ("points", "box")}
    config: dict[str, Any] = {"displaylogo": False, "modeBarButtonsToRemove": hidden}
    st.plotly_chart(figure, key=key, config=config, alt=words or describe_figure(figure), **picking)
    save_figure(key, name, file_name(about, name))


def _picked(key: str) -> list[Any]:
    """What the browser says of the picked marks: `customdata` as it was given, or in a list of its own."""
    found = [point.get("customdata") for point in st.session_state[key]["selection"]["points"]]
    return [value[0] if isinstance(value, list | tuple) and value else value for value in found]


def file_name(*parts: str) -> str:
    """What a file is called, without its ending: digitlab-cnn-mnist-test-roc."""
    words = re.findall(r"[a-z0-9]+", " ".join(["digitlab", *parts]).lower())
    return "-".join(words)


def of_models(names: Sequence[str]) -> str:
    """Several models in a file's name; of many only the first."""
    rest = len(names) - _MOST_NAMES
    return " ".join(names[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def page_colours() -> tuple[str, str]:
    """Background and text of the page in the visitor's theme, `#rrggbb`."""
    theme = f"theme.{st.context.theme.type or 'light'}"
    return str(st.get_option(f"{theme}.backgroundColor")), str(st.get_option(f"{theme}.textColor"))
