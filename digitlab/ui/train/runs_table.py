"""The table of all runs and checkpoints, whose chosen row is the chosen run, and the way back in for an archive."""

from collections.abc import Sequence
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from digitlab.config import differing_settings
from digitlab.errors import DigitlabError
from digitlab.runs.listing import Entry, title_of
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import settings
from digitlab.ui.components.remount import mount_anew, mount_key
from digitlab.ui.train.actions import choose_run

_TABLE = "table of runs"
_SHOWN = "table of runs, as the browser has it"
_ROW = 35
_MOST_ROWS = 12

_UPLOAD = "upload of a run"
_TROUBLE = "upload of a run, what went wrong"


def rows(entries: Sequence[Entry]) -> pd.DataFrame:
    """A row for each run, in the given order: label, state, results, and the settings in which the runs differ.

    Accuracies are in percent; what a run does not have is missing.
    """
    tests = sorted({data for entry in entries for data in entry.accuracies})
    columns = {
        "★": ["★" if e.starred else "" for e in entries],
        "Name": [e.title for e in entries],
        "State": ["checkpoint" if e.is_checkpoint else str(e.state) for e in entries],
        "Model": [e.config.model for e in entries],
        "Data": [e.config.data for e in entries],
        "Best validation": [_percent(e.best_validation_accuracy) for e in entries],
        **{f"Test {data}": [_percent(e.accuracies.get(data)) for e in entries] for data in tests},
        "Seconds": [e.status.seconds if e.status.step else None for e in entries],
        "Created": pd.to_datetime([e.status.created for e in entries], errors="coerce", utc=True),
    }
    return pd.DataFrame({**columns, **_differing(entries)})


def _differing(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    """The settings that are not the same in all runs, in the config's order; model and data have their own columns."""
    differing = differing_settings([entry.config for entry in entries])
    return {
        name.replace("_", " ").capitalize(): values
        for name, values in differing.items()
        if name not in ("model", "data")
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def show_table(entries: Sequence[Entry], chosen: str | None) -> None:
    """Show the table. Choosing a row puts its run into the address.

    chosen: the id of the run whose row is marked.
    """
    ids = tuple(entry.id for entry in entries)
    key = _key(ids, chosen)
    data = rows(entries)
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
    if st.session_state.get(_SHOWN) != (ids, chosen):
        st.session_state[_SHOWN] = (ids, chosen)
        mount_anew(_TABLE)
    return mount_key(_TABLE)


def _choose(key: str, ids: tuple[str, ...]) -> None:
    marked = st.session_state[key]["selection"]["rows"]
    chosen = ids[marked[0]] if marked and marked[0] < len(ids) else None
    st.session_state[_SHOWN] = (ids, chosen)
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


def show_upload() -> None:
    """A button that opens the choice of a zip file. The new run is chosen; a bad file gets one line."""
    with st.popover(
        "Upload a run", icon=":material/upload:", help="Brings back a run that was downloaded as a zip file."
    ):
        key = mount_key(_UPLOAD)
        st.file_uploader(
            "Archive of a run",
            type="zip",
            key=key,
            on_change=_unpack,
            args=(key,),
            help="A zip file that Download made. It becomes a new run; nothing in it is executed.",
        )
    if error := st.session_state.pop(_TROUBLE, None):
        show_error(error)


def _unpack(key: str) -> None:
    """Take the file in, and begin the widget anew, so that it is empty again."""
    from digitlab.runs.archive import unpack_run  # imports torch

    upload = st.session_state[key]
    if upload is None:
        return
    mount_anew(_UPLOAD)
    try:
        run = unpack_run(upload.getvalue(), settings().runs)
    except DigitlabError as error:
        st.session_state[_TROUBLE] = error
        return
    choose_run(run.id)
    st.toast(f"{plain(title_of(run))} is here.", icon=":material/upload:")
