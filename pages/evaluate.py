"""How good is a model? Its figures on a data set, from the headline down to single images."""

import streamlit as st

from digitlab.runs.catalog import find_run, list_models
from digitlab.ui.callouts import told
from digitlab.ui.evaluate.choice import pick_data
from digitlab.ui.evaluate.data import FILE, uploaded_part
from digitlab.ui.evaluate.downloads import show_downloads
from digitlab.ui.evaluate.headline import show_headline
from digitlab.ui.evaluate.matrix import show_matrix
from digitlab.ui.evaluate.sections import show_sections
from digitlab.ui.evaluate.subject import Subject, evaluated
from digitlab.ui.one_model import pick_one_model

_PROMISE = "Here you will see how good a model is: its accuracy, its mistakes, ROC curves and calibration."


def choose() -> Subject | None:
    """Model and data as chosen above; None while something is missing, which is then said."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        entry = pick_one_model(list_models(), _PROMISE)
        data = pick_data() if entry else FILE
    upload = uploaded_part() if entry and data == FILE else None
    if entry is None or (data == FILE and upload is None):
        return None
    return evaluated(find_run(entry.name), data, upload)


st.title("Evaluate a model")
with told():
    subject = choose()
    if subject:
        show_headline(subject)
        show_matrix(subject)
        show_sections(subject)
        show_downloads(subject)
