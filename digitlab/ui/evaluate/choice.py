"""Which model is evaluated on which data set: kept in the address (`?model=cnn&data=pen`)."""

from collections.abc import Sequence

import streamlit as st

from digitlab.data.registry import LOADERS
from digitlab.runs.catalog import ModelEntry, find_run
from digitlab.runs.run import Run
from digitlab.ui import address
from digitlab.ui.evaluate.data import FILE, data_title

_NO_MODELS = (
    "Here you will see how good a model is: its accuracy, its mistakes, ROC curves and calibration. There is no model "
    "yet: start one on the page Train."
)


def pick_model(entries: Sequence[ModelEntry]) -> Run | None:
    """Show the list of models and give back the chosen run; None, and a line on what to do, when there is none."""
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return None
    known = {entry.name: entry for entry in entries}
    name: str = st.selectbox(
        "Model",
        list(known),
        format_func=lambda name: known[name].title if name in known else name,
        help="The model whose best weights are evaluated. Every checkpoint and every run with weights is here.",
        **address.choice("model", known),
    )
    return find_run(name)


def pick_data() -> str:
    """Show the list of data sets and give back a name of the registry, or FILE for an uploaded ink file."""
    chosen: str = st.selectbox(
        "Test data",
        [*LOADERS, FILE],
        format_func=data_title,
        help="The images that the model is asked to read. No model was trained on the test part of its data.",
        **address.choice("data", [*LOADERS, FILE]),
    )
    return chosen
