"""Softmax regression from inside: the weight images through the epochs, and what they say of an image."""

import streamlit as st

from digitlab.explain.evidence import Evidence, evidence_of
from digitlab.figures.evidence import evidence_figure
from digitlab.formats import signed
from digitlab.runs.run import Run
from digitlab.ui.app import address, readers
from digitlab.ui.components.film import Film, show_film
from digitlab.ui.inside.epochs import show_epochs
from digitlab.ui.shared.image_picker import ChosenImage
from digitlab.ui.shared.plots import show_plot
from digitlab.ui.shared.weight_film import SOFTMAX_WEIGHTS

_DIGITS = [str(digit) for digit in range(10)]


def show_weights(run: Run) -> None:
    """The ten weight images through the epochs."""
    st.header(
        "What it learned",
        help="A softmax regression has one weight per pixel and digit. Ink on a pixel adds the weight to the digit's "
        "logit; the digit with the highest logit is the answer.",
    )
    show_epochs(run, SOFTMAX_WEIGHTS)


def show_evidence(run: Run, chosen: ChosenImage) -> None:
    """What in the image speaks for and against each digit, and the sum of one of them in words."""
    st.header(
        "For and against",
        help="Each pixel's ink times its weight. For this model that is exact: with the bias, the sums are the logits.",
    )
    evidence = evidence_of(readers.predictor(run.id).model, chosen.image)
    digit = address.read("digit", range(10), int(evidence.logits.argmax()))
    left, right = st.columns([5, 3], gap="large")
    with left:
        show_film(
            _pictures(evidence, f"{run.id} {chosen.name}"),
            f"evidence of {run.id}",
            picked=digit,
            picked_key="digit",
        )
    with right:
        figure = evidence_figure(*(v.tolist() for v in (evidence.support, evidence.opposition, evidence.blank)))
        show_plot(figure, "evidence", run.id)
    st.markdown(say_evidence(evidence, digit))


def say_evidence(evidence: Evidence, digit: int) -> str:
    """The sum of one digit's logit in words, and its rank among the ten."""
    logits = evidence.logits
    rank = int((logits > logits[digit]).sum()) + 1
    words = "the highest of all, so the model says" if rank == 1 else f"place {rank} of 10 for"
    return (
        f"**{digit}**: ink speaks for it with {signed(evidence.support[digit])} and against it with "
        f"{signed(evidence.opposition[digit])}; an image without ink has {signed(evidence.blank[digit])}. "
        f"Together {signed(logits[digit])}, {words} {digit}."
    )


def _pictures(evidence: Evidence, name: str) -> Film:
    return Film(
        name=name,
        title="What each pixel adds to the logit of each digit",
        frames=evidence.pixels[None],
        captions=_DIGITS,
        tile="Digit",
        columns=5,
        meaning="ink times weight: against the digit (blue) or for it (red)",
        hint="Choose a digit to read its sum; point at a pixel to read what it adds.",
    )
