"""How good is a model? Its figures on a data set, from the headline down to single images."""

import streamlit as st

from digitlab.glossary import OF_AN_EVALUATION
from digitlab.ui.app import address
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.model_picker import pick_one_model
from digitlab.ui.evaluate.headline import show_headline
from digitlab.ui.evaluate.matrix import show_matrix
from digitlab.ui.evaluate.sections import show_downloads, show_sections
from digitlab.ui.shared.data_picker import FILE, pick_data, uploaded_part
from digitlab.ui.shared.scored import Scored, scored
from digitlab.ui.shared.terms import explain_terms

_WIDTH = 300  # pixels of a list: one a line on a phone, where two would cut their names
_PROMISE = "Here you will see how good a model is: its accuracy, its mistakes, ROC curves and calibration."
_AS_TRAINED = (
    "Probabilities as the model gives them. Otherwise they are calibrated, as everywhere in digitlab: the logits are "
    "divided by a temperature that was chosen on validation images. The answers are the same either way."
)


_TERMS = (*OF_AN_EVALUATION, "reliability diagram", "logit", "epoch")


def choose() -> Scored | None:
    """Model and data as chosen above; None while something is missing, which is then said."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        entry = pick_one_model(catalogue().models(), _PROMISE, width=_WIDTH)
        data = pick_data(width=_WIDTH) if entry else FILE
        as_trained = st.toggle("As trained", **address.switch("as-trained", help=_AS_TRAINED)) if entry else False
    upload = uploaded_part() if entry and data == FILE else None
    if entry is None or (data == FILE and upload is None):
        return None
    found = scored(entry.run, data, upload)
    return found.at(1.0) if as_trained else found


st.title("Evaluate a model")
with errors_shown():
    chosen = choose()
    if chosen:
        show_headline(chosen)
        show_matrix(chosen)
        show_sections(chosen)
        show_downloads(chosen)
        explain_terms(*_TERMS)
