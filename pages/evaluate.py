"""How good is a model? Its figures on a data set, from the headline down to single images."""

import streamlit as st

from digitlab.runs.catalog import list_models
from digitlab.ui.callouts import told
from digitlab.ui.evaluate.choice import pick_data, pick_model
from digitlab.ui.evaluate.data import FILE, uploaded_part
from digitlab.ui.evaluate.downloads import show_downloads
from digitlab.ui.evaluate.headline import show_headline
from digitlab.ui.evaluate.matrix import show_matrix
from digitlab.ui.evaluate.sections import show_sections
from digitlab.ui.evaluate.subject import Subject, evaluated


def choose() -> Subject | None:
    """Model and data as chosen above; None while something is missing, which is then said."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = pick_model(list_models())
        data = pick_data() if run else FILE
    upload = uploaded_part() if run and data == FILE else None
    if run is None or (data == FILE and upload is None):
        return None
    return evaluated(run, data, upload)


st.title("Evaluate a model")
with told():
    subject = choose()
    if subject:
        show_headline(subject)
        show_matrix(subject)
        show_sections(subject)
        show_downloads(subject)
