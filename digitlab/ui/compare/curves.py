"""Curves of all models in one figure: loss and accuracy of their trainings, and ROC."""

from collections.abc import Sequence

import streamlit as st

from digitlab.figures.overlay import overlaid_accuracy, overlaid_loss, overlaid_roc
from digitlab.glossary import glossary, within
from digitlab.metrics.curves import MACRO, MICRO, roc_curves
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain
from digitlab.ui.compare.sides import Side
from digitlab.ui.shared.plots import of_models, show_plot

_WHOSE = (MACRO, MICRO, *map(str, range(10)))


def show_trainings(sides: Sequence[Side]) -> None:
    """Loss and accuracy by epoch, side by side."""
    st.header("How they learned", help=f"Solid: validation. Dotted: training. {say_what_chose(sides)}")
    models = [side.compared() for side in sides]
    if not any(model.history for model in models):
        st.info("Curves would be here, but none of these models has a history of its training.")
        return
    about = of_models([side.id for side in sides])
    left, right = st.columns(2, gap="large")
    with left:
        show_plot(overlaid_loss(models), "loss curves", about)
    with right:
        show_plot(overlaid_accuracy(models), "accuracy curves", about)


def say_what_chose(sides: Sequence[Side]) -> str:
    """By what each model's epoch was chosen, the one whose weights it has."""
    last = [side.title for side in sides if side.run.config.keep == "last"]
    best = [side.title for side in sides if side.run.config.keep != "last"]
    by_loss = "the epoch with the lowest validation loss"
    if not last:
        return f"Each model has the weights of {by_loss}."
    if not best:
        return "Each model has the weights of its last epoch, whatever its validation loss."
    return (
        f"{plain(_listed(best))}: the weights of {by_loss}. {plain(_listed(last))}: the weights of the last epoch, "
        "whatever its validation loss."
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@st.fragment
def show_roc(sides: Sequence[Side]) -> None:
    """ROC curves of all models for one digit, or averaged over the digits."""
    st.header("ROC", help=glossary()["ROC curve"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        whose = st.selectbox(
            "Curves of",
            _WHOSE,
            format_func=_title,
            width=240,
            **address.choice(
                "roc",
                _WHOSE,
                help=f"One digit against the rest, or an average. Macro: {within('macro')} Micro: {within('micro')}",
            ),
        )
        zoomed = st.toggle(
            "Zoom in on the corner",
            **address.switch(
                "zoom",
                True,
                help="Shows only false positive rates up to 1 %, where good models differ. Off: the whole curves.",
            ),
        )
    curves = [
        (side.compared(), curve)
        for side in sides
        if side.scored
        for curve in side.scored.compute(roc_curves)
        if curve.name == whose
    ]
    if curves:
        about = f"{of_models([side.id for side in sides])} {sides[0].data} test"
        show_plot(overlaid_roc(curves, _title(whose), zoomed), "ROC", f"{about} {_title(whose)}")
        if zoomed:
            st.caption("Zoomed in: false positive rates up to 1 %. Switch the zoom off to see the whole curves.")
    else:
        st.info("There is no curve: the images are all of one digit, or none is of this one.")


def _title(name: str) -> str:
    return f"digit {name}" if name.isdecimal() else name
