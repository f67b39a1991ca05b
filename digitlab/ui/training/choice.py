"""Which run is chosen: kept in the address (`?run=<id>`), so that a link or a refresh shows it again."""

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.runs.catalog import find_run
from digitlab.runs.run import Run
from digitlab.ui.callouts import tell

KEY = "run"
"""The name in the address."""


def choose_run(run_id: str | None) -> None:
    """Put a run into the address, or none."""
    if run_id is None:
        st.query_params.pop(KEY, None)
    else:
        st.query_params[KEY] = run_id


def chosen_run() -> Run | None:
    """The run in the address; one that does not exist gets one line, and none is chosen."""
    asked = st.query_params.get(KEY)
    if not asked:
        return None
    try:
        return find_run(asked)
    except DigitlabError as error:
        tell(error)
        return None
