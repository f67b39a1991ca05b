"""Draw a digit; every chosen model answers while the pen moves."""

from collections.abc import Sequence

import streamlit as st

from digitlab.runs.catalog import ModelEntry, list_models
from digitlab.ui.answer_cards import show_answers
from digitlab.ui.learning_models import follow_learning, refresh_every
from digitlab.ui.model_picker import pick_models
from digitlab.ui.surfaces import draw_on, pick_surface


def drawing_and_answers(surface: str, models: Sequence[ModelEntry]) -> None:
    """The part that runs again while the pen moves. It holds nothing else: each element more costs time."""
    left, right = st.columns([5, 8], gap="medium")
    with left:
        prepared = draw_on(surface)
    with right:
        show_answers(prepared, models)
    follow_learning(models)


st.title("Draw a digit")
surface = pick_surface()
above = st.container()
models = pick_models(list_models())
with above:
    st.fragment(drawing_and_answers, run_every=refresh_every(models))(surface, models)
