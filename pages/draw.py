"""Draw a digit or a number; every chosen model answers while the pen moves."""

from collections.abc import Sequence

import streamlit as st

from digitlab.runs.listing import Entry
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.model_picker import follow_learning, pick_models, refresh_every
from digitlab.ui.components.drawing import Writing
from digitlab.ui.draw.labelling import ask_writer
from digitlab.ui.draw.number_view import show_number
from digitlab.ui.draw.steps import pick_steps, show_steps
from digitlab.ui.draw.surfaces import draw_on, is_wide, pad_of, page_layout, pick_surface, width_of
from digitlab.ui.shared.answers import show_answers
from digitlab.ui.shared.collection_note import collection_note


def drawing_and_answers(surface: str, models: Sequence[Entry], steps_are_shown: bool, without: frozenset[str]) -> None:
    """The part that runs again while the pen moves. It holds nothing else: each element more costs time."""
    width = width_of(surface)
    left, right = (st.container(), st.container()) if is_wide(surface) else st.columns([width, 1 - width], gap="medium")
    with left:
        given = draw_on(surface, without)
        collection_note()
    pad = pad_of(surface)
    with right:
        if isinstance(given, Writing) or (given is None and is_wide(surface)):
            show_number(given, models, left, pad)
        else:
            show_answers(given, models, pad, without)
    if steps_are_shown and not isinstance(given, Writing):
        show_steps(given, models, without, pad)
    follow_learning(models)


page_layout()
with st.container(key="draw-title"):
    st.title("Draw a digit")
with st.container(key="draw-switches", horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    surface = pick_surface()
    steps_are_shown, without = pick_steps()
above = st.container(key="draw-surface")
with st.container(key="draw-models"):
    choice, name = st.columns([3, 1])
with choice:
    models = pick_models(catalogue().models())
with name:
    ask_writer()
with above:
    st.fragment(drawing_and_answers, run_every=refresh_every(models))(surface, models, steps_are_shown, without)
