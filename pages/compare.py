"""Models side by side on the same images: their figures, and where they differ."""

from collections.abc import Sequence

import streamlit as st

from digitlab.glossary import OF_ANSWERS
from digitlab.runs.listing import Entry
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.app.installation import catalogue
from digitlab.ui.compare.curves import show_roc, show_trainings
from digitlab.ui.compare.difference import show_difference
from digitlab.ui.compare.hands import DATA, show_hands
from digitlab.ui.compare.sides import find_sides, on_the_same_images, pick_compared
from digitlab.ui.compare.tables import show_tables
from digitlab.ui.shared.data_picker import FILE, pick_data, uploaded_part
from digitlab.ui.shared.terms import explain_terms

_TERMS = (*OF_ANSWERS, "AUC", "ROC curve", "calibration error", "parameters", "McNemar's test")


def compare(entries: Sequence[Entry], data: str) -> None:
    """Everything below the choice of models and data."""
    upload = uploaded_part() if data == FILE else None
    if data == FILE and upload is None:
        return
    found = find_sides(entries, data, upload)
    show_tables(found)
    same = on_the_same_images(found)
    if len(same) > 1:
        show_difference(same)
        show_roc(same)
        if data == DATA:
            show_hands(same)
    show_trainings(found)
    explain_terms(*_TERMS)


st.title("Compare models")
with errors_shown():
    left, right = st.columns([3, 2])
    with left:
        chosen = pick_compared(catalogue().models())
    if chosen:
        with right:
            test_data = pick_data()
        compare(chosen, test_data)
