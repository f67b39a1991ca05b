"""The table of all runs and checkpoints: one chosen row is the chosen run, several are compared by curves."""

from collections.abc import Sequence
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from digitlab.config import differing_settings, label_of
from digitlab.data.dataset import data_title
from digitlab.formats import count, id_end
from digitlab.presets import preset_of
from digitlab.runs.listing import Entry
from digitlab.ui.components.remount import mount_anew, mount_key
from digitlab.ui.train.actions import choose_runs
from digitlab.ui.train.states import Line, entry_in_words
from digitlab.ui.train.table_view import ALWAYS, Group, ask_view, column_of_test

_TABLE = "table of runs"
_SHOWN = "table of runs, as the browser has it"
_ROW = 35
_MOST_ROWS = 12

_ID = "Id"
"""The column that tells runs of one name apart; there on its own where the table has such, else to be added."""

Rows = tuple[tuple[str, ...], ...]
"""For each row of the table the ids of the runs that it stands for: one, or all of a group."""


def rows(entries: Sequence[Entry], line: Line) -> pd.DataFrame:
    """A row for each run, in the given order: label, id, state, results, and the settings in which the runs differ.

    Accuracies are in percent; what a run does not have is missing.
    """
    tests = sorted({data for entry in entries for data in entry.accuracies})
    columns = {
        "★": ["★" if e.starred else "" for e in entries],
        "Name": [e.title for e in entries],
        _ID: [None if e.is_checkpoint else id_end(e.id) for e in entries],
        "State": [entry_in_words(e, line) for e in entries],
        "Model": [e.config.model for e in entries],
        "Data": [data_title(e.config.data) for e in entries],
        "Best validation": [_percent(e.best_validation_accuracy) for e in entries],
        **{column_of_test(data): [_percent(e.accuracies.get(data)) for e in entries] for data in tests},
        "Created": pd.to_datetime([e.status.created for e in entries], errors="coerce", utc=True),
        "Preset": [preset_of(e.config) or None for e in entries],
        "Tags": [list(e.tags) for e in entries],
        "Notes": [e.notes or None for e in entries],
        "Seconds": [e.status.seconds if e.status.step else None for e in entries],
    }
    return pd.DataFrame({**columns, **_differing(entries)})


def _differing(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    """The settings that are not the same in all runs, in the config's order; model and data have their own columns."""
    differing = differing_settings([entry.config for entry in entries])
    return {label_of(name): values for name, values in differing.items() if name not in ("model", "data")}


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def show_table(entries: Sequence[Entry], chosen: Sequence[str], line: Line) -> None:
    """Show what is asked of the table, and the table. Choosing rows puts their runs into the address.

    chosen: the ids of the runs whose rows are marked. line: those that wait for a slot.
    """
    everything = rows(entries, line)
    view = ask_view(entries, list(everything.columns))
    data, ids = _grouped(view.groups, line)
    key = _key(ids, tuple(chosen), view.several)
    unasked = {*ALWAYS, _ID} if everything["Name"].duplicated().any() else set(ALWAYS)
    shown = [name for name in everything.columns if name in unasked or name in view.columns]
    st.dataframe(
        data.reindex(columns=everything.columns),
        key=key,
        height=_ROW * (min(max(len(data), 1), _MOST_ROWS) + 1) + 3,
        row_height=_ROW,
        hide_index=True,
        column_order=shown,
        column_config=_columns(everything),
        on_select=lambda: _choose(key, ids, view.several),
        selection_mode="multi-row" if view.several else "single-row",
        selection_default={"selection": {"rows": _marked(ids, chosen, view.several)}},
        placeholder="–",
        alt="All runs and checkpoints with their settings and results",
    )


def _grouped(groups: Sequence[Group], line: Line) -> tuple[pd.DataFrame, Rows]:
    """The table's rows and the runs that each stands for: of a group, its heading and then one a run."""
    parts, ids = [], []
    for group in groups:
        data = rows(group.entries, line)
        if group.heading:
            parts.append(_heading_row(group, data))
            ids.append(tuple(entry.id for entry in group.entries))
        parts.append(data)
        ids += [(entry.id,) for entry in group.entries]
    filled = [part for part in parts if len(part)] or parts[:1] or [rows([], line)]
    return pd.concat(filled, ignore_index=True), tuple(ids)


def _heading_row(group: Group, data: pd.DataFrame) -> pd.DataFrame:
    """One row for a group: what it is, how many runs it has, and their best figures."""
    best = {name: data[name].max() for name in data.columns if name.startswith(("Best ", "Test "))}
    number = len(group.entries)
    return pd.DataFrame([{"Name": f"▾ {group.heading}: {count(number)} run{'s' if number > 1 else ''}", **best}])


def _marked(ids: Rows, chosen: Sequence[str], several: bool) -> list[int]:
    """The rows of the chosen runs; where one row at most can be marked, that of exactly these runs."""
    if several:
        rows_of = {
            runs[0]: row for row, runs in enumerate(ids) if len(runs) == 1
        }  # a group of one comes before its run
        return [row for run, row in rows_of.items() if run in chosen]
    return [row for row, runs in enumerate(ids) if set(runs) == set(chosen)][-1:]


def _key(ids: Rows, chosen: tuple[str, ...], several: bool) -> str:
    """The table's widget key: another one when the marked rows are no longer where the browser has them."""
    if st.session_state.get(_SHOWN) != (ids, chosen, several):
        st.session_state[_SHOWN] = (ids, chosen, several)
        mount_anew(_TABLE)
    return mount_key(_TABLE)


def _choose(key: str, ids: Rows, several: bool) -> None:
    marked = [ids[row] for row in st.session_state[key]["selection"]["rows"] if row < len(ids)]
    chosen = tuple(dict.fromkeys(run for runs in marked for run in runs))
    st.session_state[_SHOWN] = (ids, chosen, several)
    choose_runs(chosen)


def _columns(data: pd.DataFrame) -> dict[str, Any]:
    column = st.column_config
    shown: dict[str, Any] = {
        "★": column.TextColumn("★", help="Starred runs.", width=36),
        "Name": column.TextColumn(help="What people call the run.", width=130),
        _ID: column.TextColumn(help="The end of the run's id, which tells runs of one name apart.", width=68),
        "State": column.TextColumn(help="Shipped runs come with digitlab and are read-only.", width=125),
        "Model": column.TextColumn(help="The architecture.", width=84),
        "Data": column.TextColumn(help="The data that it learned from.", width=128),
        "Best validation": column.NumberColumn(
            format="%.2f %%", help="Highest accuracy on the images held out of the training.", width=104
        ),
        "Preset": column.TextColumn(help="The preset that it was started from, if nothing else was changed."),
        "Tags": column.ListColumn(help="Tags that people gave the run."),
        "Notes": column.TextColumn(help="Notes on the run.", width=260),
        "Seconds": column.NumberColumn(format="%.1f s", help="Time spent computing."),
        "Created": column.DatetimeColumn(
            format="YYYY-MM-DD HH:mm", timezone=st.context.timezone, help="When the training was started.", width=135
        ),
    }
    for name in data.columns:
        if name.startswith("Test "):
            shown[name] = column.NumberColumn(
                format="%.2f %%", help="Accuracy on the test images of this data set.", width=99
            )
        elif name not in shown and pd.api.types.is_float_dtype(data[name]):
            shown[name] = column.NumberColumn(format="%g", help="A setting in which the runs differ.")
        elif name not in shown:
            shown[name] = column.Column(help="A setting in which the runs differ.")
    return shown
