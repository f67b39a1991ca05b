"""The table of all runs and checkpoints: a chosen row is the chosen run."""

from collections.abc import Sequence
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from digitlab.runs.overview import RunOverview
from digitlab.ui.training.choice import choose_run
from digitlab.ui.training.rows import rows

_MEMORY = "table of runs"
_ROW = 35
_MOST_ROWS = 12


def show_table(overviews: Sequence[RunOverview], chosen: str | None) -> None:
    """Show the table. Choosing a row puts its run into the address.

    chosen: the id of the run whose row is marked.
    """
    ids = tuple(overview.run_id for overview in overviews)
    key = _key(ids, chosen)
    data = rows(overviews)
    st.dataframe(
        data,
        key=key,
        height=_ROW * (min(len(data), _MOST_ROWS) + 1) + 3,
        row_height=_ROW,
        hide_index=True,
        column_config=_columns(data),
        on_select=lambda: _choose(key, ids),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(chosen)] if chosen in ids else []}},
        placeholder="–",
        alt="All runs and checkpoints with their settings and results",
    )


def _key(ids: tuple[str, ...], chosen: str | None) -> str:
    """The table's widget key: another one when the marked row is no longer where the browser has it."""
    memory: dict[str, Any] = st.session_state.setdefault(_MEMORY, {"mount": 0})
    if memory.get("ids") != ids or memory.get("chosen") != chosen:
        memory.update(mount=memory["mount"] + 1, ids=ids, chosen=chosen)
    return f"table of runs {memory['mount']}"


def _choose(key: str, ids: Sequence[str]) -> None:
    marked = st.session_state[key]["selection"]["rows"]
    chosen = ids[marked[0]] if marked and marked[0] < len(ids) else None
    st.session_state[_MEMORY]["chosen"] = chosen
    choose_run(chosen)


def _columns(data: pd.DataFrame) -> dict[str, Any]:
    column = st.column_config
    shown: dict[str, Any] = {
        "★": column.TextColumn("★", help="Starred runs.", width=40),
        "Name": column.TextColumn(help="What people call the run.", width=170),
        "State": column.TextColumn(help="Checkpoints ship with digitlab and are read-only."),
        "Model": column.TextColumn(help="The architecture."),
        "Data": column.TextColumn(help="What it learned from."),
        "Best validation": column.NumberColumn(
            format="%.2f %%", help="Highest accuracy on the images held out of the training."
        ),
        "Seconds": column.NumberColumn(format="%.1f s", help="Time spent computing."),
        "Created": column.DatetimeColumn(
            format="YYYY-MM-DD HH:mm", timezone=st.context.timezone, help="When the training was started."
        ),
    }
    for name in data.columns:
        if name.startswith("Test "):
            shown[name] = column.NumberColumn(format="%.2f %%", help="Accuracy on this data set's test part.")
        elif name not in shown and pd.api.types.is_float_dtype(data[name]):
            shown[name] = column.NumberColumn(format="%g", help="A setting in which the runs differ.")
        elif name not in shown:
            shown[name] = column.Column(help="A setting in which the runs differ.")
    return shown
