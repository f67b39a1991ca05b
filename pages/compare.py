"""Models side by side on the same images: their figures, and where they differ."""

from collections.abc import Sequence

import streamlit as st

from digitlab.runs.catalog import ModelEntry, list_models
from digitlab.ui.callouts import told
from digitlab.ui.compare.choice import pick_compared
from digitlab.ui.compare.curves import show_roc, show_trainings
from digitlab.ui.compare.difference import show_difference
from digitlab.ui.compare.numbers import show_tables
from digitlab.ui.compare.side import on_the_same_images, sides
from digitlab.ui.evaluate.choice import pick_data
from digitlab.ui.evaluate.data import FILE, uploaded_part


def compare(entries: Sequence[ModelEntry], data: str) -> None:
    """Everything below the choice of models and data."""
    upload = uploaded_part() if data == FILE else None
    if data == FILE and upload is None:
        return
    found = sides(entries, data, upload)
    show_tables(found)
    scored = on_the_same_images(found)
    if len(scored) > 1:
        show_difference(scored)
        show_roc(scored)
    show_trainings(found)


st.title("Compare models")
with told():
    left, right = st.columns([3, 2])
    with left:
        chosen = pick_compared(list_models())
    if chosen:
        with right:
            test_data = pick_data()
        compare(chosen, test_data)
