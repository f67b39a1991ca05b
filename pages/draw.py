"""Draw a digit or a number; every chosen model answers while the pen moves."""

from collections.abc import Sequence

import streamlit as st

from digitlab.image.prepare import Prepared
from digitlab.runs.listing import Entry
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.model_picker import follow_learning, pick_models, refresh_every
from digitlab.ui.components.drawing import Writing
from digitlab.ui.components.reveal import hiding_answers
from digitlab.ui.draw.hints import show_hints
from digitlab.ui.draw.labelling import ask_writer, has_labelled
from digitlab.ui.draw.number_view import show_number
from digitlab.ui.draw.panels import Look, pick_panels, show_panels
from digitlab.ui.draw.surfaces import draw_on, is_wide, pad_of, page_layout, pick_surface, width_of
from digitlab.ui.draw.vote import pick_vote, show_vote
from digitlab.ui.shared.answers import show_answers
from digitlab.ui.shared.collection_note import collection_note


def drawing_and_answers(surface: str, models: Sequence[Entry], is_vote: bool) -> None:
    """The part that runs again when the pen rests. It holds what follows the drawing alone: each element costs time."""
    with hiding_answers(is_vote):
        _drawing_and_answers(surface, models, is_vote)
    follow_learning(models)


def _drawing_and_answers(surface: str, models: Sequence[Entry], is_vote: bool) -> None:
    width = width_of(surface)
    left, right = (st.container(), st.container()) if is_wide(surface) else st.columns([width, 1 - width], gap="medium")
    below = st.container(key="draw-panels")
    with below:
        panels, without = ((), frozenset()) if is_wide(surface) else pick_panels()
    with left:
        given = draw_on(surface, without)
        collection_note()
    pad = pad_of(surface)
    with right:
        if isinstance(given, Writing) or (given is None and is_wide(surface)):
            is_digit = False
            show_number(given, models, left, pad)
        else:
            is_digit = True
            show_answers(given, models, pad, without)
        if is_vote:
            show_vote(given, models, pad, is_digit=is_digit)
    if surface == "Pad" and not is_vote:
        for column, place in ((left, "beside"), (right, "below")):
            with column:
                show_hints(place, is_drawn=given is not None, looks_closer=bool(panels), has_labelled=has_labelled())
    with below:
        show_panels(panels, given, Look(given if isinstance(given, Prepared) else None, pad, models, without))


page_layout()
with st.container(key="draw-title"):
    st.title("Draw a digit")
with st.container(key="draw-switches", horizontal=True, vertical_alignment="bottom"):
    surface = pick_surface()
    is_vote = pick_vote()
above = st.container(key="draw-surface")
with st.container(key="draw-models"):
    choice, name = st.columns([3, 1])
with choice:
    models = pick_models(catalogue().models())
with name:
    ask_writer()
with above:
    st.fragment(drawing_and_answers, run_every=refresh_every(models))(surface, models, is_vote)
