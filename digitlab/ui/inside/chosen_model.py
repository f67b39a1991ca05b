"""Which model is looked into: kept in the address (`?model=cnn`)."""

from collections.abc import Sequence

import streamlit as st

from digitlab.runs.catalog import ModelEntry
from digitlab.ui import address
from digitlab.ui.model_picker import shown_name

_NO_MODELS = (
    "Here you will see what a model has learned: its weights, filters and layers. There is no model yet: start one on "
    "the page Train."
)


def pick_model(entries: Sequence[ModelEntry]) -> ModelEntry | None:
    """Show the list and give back the chosen model; None, and a line that says what to do, when there is none."""
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return None
    known = {entry.name: entry for entry in entries}
    chosen: str = st.selectbox(
        "Model",
        list(known),
        format_func=lambda name: _title(known, name),
        width=280,
        help="The model to look into. Every checkpoint and every run that has weights is here.",
        **address.choice("model", known),
    )
    return known[chosen]


def _title(known: dict[str, ModelEntry], name: str) -> str:
    if name not in known:
        return name
    entry = known[name]
    shown = shown_name(entry)
    return shown if shown == entry.architecture else f"{shown} ({entry.architecture})"
