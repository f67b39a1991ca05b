"""The choice of one model, kept in the address (`?model=cnn`) and the same on every page."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from digitlab.runs.catalog import ModelEntry
from digitlab.ui import address
from digitlab.ui.model_picker import shown_name


def pick_one_model(entries: Sequence[ModelEntry], promise: str, **how: Any) -> ModelEntry | None:
    """Show the list and give back the chosen model; None, and a line that says what to do, when there is none.

    promise: what the page will show, for that line. how: further arguments of the list.
    """
    if not entries:
        st.info(f"{promise} There is no model yet: start one on the page Train.", icon=":material/model_training:")
        return None
    known = {entry.name: entry for entry in entries}
    chosen: str = st.selectbox(
        "Model",
        list(known),
        format_func=lambda name: _title(known, name),
        help="Every checkpoint and every run that has weights is here, with the weights that it keeps.",
        **how,
        **address.choice("model", known),
    )
    return known[chosen]


def _title(known: Mapping[str, ModelEntry], name: str) -> str:
    if name not in known:
        return name
    entry = known[name]
    shown = shown_name(entry)
    return shown if shown == entry.architecture else f"{shown} ({entry.architecture})"
