"""The models' figures in one table, the best in bold, and the settings in which their trainings differ."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from digitlab.config import MEANINGS, differing_settings, label_of
from digitlab.data.dataset import data_title
from digitlab.metrics.summary import headline
from digitlab.reading.comparison import Row, cost_rows, metric_rows
from digitlab.ui.compare.sides import Side
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.styles import SCROLL, scrolling

_show = live_html("digitlab.comparison", Path(__file__).parents[1] / "shared" / "table.css", SCROLL)

_MOST_BESIDE = 2
"""Models whose two tables fit beside each other."""


def show_tables(sides: Sequence[Side]) -> None:
    """Figures on the left and settings on the right; one below the other when many models make them wide."""
    if len(sides) > _MOST_BESIDE:
        _show_figures(sides)
        _show_settings(sides)
        return
    left, right = st.columns(2, gap="large")
    with left:
        _show_figures(sides)
    with right:
        _show_settings(sides)


def _show_figures(sides: Sequence[Side]) -> None:
    """Metrics and costs, a column for each model."""
    st.header(
        "Figures",
        help="On the chosen test data. Point at the name of a row to read what it means.",
    )
    headlines = [side.scored.compute(headline) if side.scored else None for side in sides]
    rows = [*metric_rows(headlines), *cost_rows([side.costs() for side in sides])]
    show_table(sides, rows, "Metrics and costs of each model", "comparison")
    st.caption(
        "Bold: the best value of each row. Training time is as recorded, time per image as measured on this computer."
    )


def _show_settings(sides: Sequence[Side]) -> None:
    """The settings that are not the same in all trainings."""
    st.header("Settings that differ", help="All other settings of the trainings are the same.")
    differing = differing_settings([side.run.config for side in sides])
    rows = [
        Row(label_of(name), MEANINGS[name], tuple(_written(name, value) for value in values), frozenset())
        for name, values in differing.items()
    ]
    if rows:
        show_table(sides, rows, "Settings that differ", "settings")
    else:
        st.caption("All settings are the same.")


def show_table(sides: Sequence[Side], rows: Sequence[Row], caption: str, key: str) -> None:
    """A table with a line for each row and a column for each model. caption: for screen readers."""
    _show(table_html(sides, rows, caption), key)


def table_html(sides: Sequence[Side], rows: Sequence[Row], caption: str) -> str:
    """A table with a line for each row and a column for each model."""
    heads = "".join(
        f'<th scope="col"><i style="background:{side.colour}"></i>{escape(side.title)}</th>' for side in sides
    )
    lines = "".join(
        f'<tr><th scope="row" title="{escape(row.help)}">{escape(row.name)}</th>'
        + "".join(
            f'<td class="{"best" if index in row.best else ""}">{escape(value)}</td>'
            for index, value in enumerate(row.values)
        )
        + "</tr>"
        for row in rows
    )
    return scrolling(
        f'<table aria-label="{escape(caption)}"><thead><tr><td></td>{heads}</tr></thead><tbody>{lines}</tbody></table>',
        escape(caption),
    )


def _written(name: str, value: object) -> str:
    if name == "data":
        return data_title(str(value))
    return f"{value:g}" if isinstance(value, float) else str(value)
