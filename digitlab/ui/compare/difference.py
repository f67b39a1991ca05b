"""Two models image by image: whether the difference is real, where each one is right, and those images."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitlab.figures.overlay import recall_differences
from digitlab.formats import count
from digitlab.glossary import glossary
from digitlab.image.prepare import Prepared
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.significance import Outcome, Verdicts, say_difference
from digitlab.metrics.summary import recalls
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain
from digitlab.ui.compare.sides import Side, pick_pair
from digitlab.ui.components.image_grid import Tile, image_grid
from digitlab.ui.shared.answers import show_answers
from digitlab.ui.shared.pager import one_page
from digitlab.ui.shared.plots import of_models, show_plot
from digitlab.ui.shared.scored import Scored

_PER_PAGE = 35
_CELL, _IMAGE, _PAGE = "cell", "image", "page"
_ROWS = ((Outcome.BOTH_RIGHT, Outcome.ONLY_A), (Outcome.ONLY_B, Outcome.BOTH_WRONG))


@st.fragment
def show_difference(sides: Sequence[Side]) -> None:
    """The part that runs again when another pair, cell or image is chosen. sides: two or more with answers."""
    st.header(
        "Is the difference real?",
        help="McNemar's test, exact and two-sided. " + glossary()["McNemar's test"],
    )
    a, b = pick_pair(sides)
    if not a.scored or not b.scored:
        return
    verdicts = Verdicts(a.scored.answers, b.scored.answers)
    st.markdown(f"### {plain(say_difference(verdicts, a.title, b.title))}")
    left, right = st.columns([4, 5], gap="large")
    with left:
        outcome = _pick_outcome(verdicts, a, b)
        _show_recalls(a, b, a.scored, b.scored)
    with right:
        _show_images(verdicts.where(outcome), a, b, a.scored, b.scored.answers)


def _pick_outcome(verdicts: Verdicts, a: Side, b: Side) -> Outcome:
    """The table of right and wrong, each cell a button that opens its images."""
    names = {
        Outcome.BOTH_RIGHT: "both right",
        Outcome.ONLY_A: f"only {a.title} right",
        Outcome.ONLY_B: f"only {b.title} right",
        Outcome.BOTH_WRONG: "both wrong",
    }
    counts = verdicts.counts
    default = max((Outcome.ONLY_A, Outcome.ONLY_B, Outcome.BOTH_WRONG), key=lambda outcome: counts[outcome])
    chosen = Outcome(address.read(_CELL, list(Outcome), default))
    for row in _ROWS:
        with st.container(horizontal=True):
            for outcome in row:
                st.button(
                    f"**{count(counts[outcome])}**  \n{plain(names[outcome])}",
                    key=outcome,
                    type="primary" if outcome is chosen else "secondary",
                    width=158,
                    on_click=_choose,
                    args=(outcome,),
                    help=f"Show the images: {plain(names[outcome])}.",
                )
    return chosen


def _choose(outcome: Outcome) -> None:
    address.write_all({_CELL: outcome, _IMAGE: None, _PAGE: None})


def _show_images(indices: np.ndarray, a: Side, b: Side, scored: Scored, other: Predictions) -> None:
    """The images with these indices with both verdicts, and the chosen one with both models' probabilities."""
    images = scored.images()
    if images is None:
        return
    if not len(indices):
        st.caption("There are no such images.")
        return
    chosen = address.read(_IMAGE, indices.tolist(), int(indices[0]))
    show_answers(Prepared(images[chosen], ()), [a.entry, b.entry])
    true = int(scored.answers.labels[chosen])
    st.caption(
        f"Image {count(chosen)}, a {true}. Below: the true digit → what {plain(a.title)} and {plain(b.title)} say."
    )
    page = one_page(indices, _PER_PAGE, _PAGE)
    tiles = [_tile(int(index), images[index], scored.answers, other, a.title, b.title) for index in page]
    image_grid(tiles, chosen, "images", lambda index: address.write(_IMAGE, index))


def _tile(index: int, image: np.ndarray, a: Predictions, b: Predictions, name_a: str, name_b: str) -> Tile:
    true, said_a, said_b = int(a.labels[index]), int(a.predicted[index]), int(b.predicted[index])
    title = f"Image {index}: a {true}. {name_a} says {said_a}, {name_b} says {said_b}"
    return Tile(index, image, f"{true} → {said_a}, {said_b}", title, wrong=not (said_a == said_b == true))


def _show_recalls(a: Side, b: Side, of_a: Scored, of_b: Scored) -> None:
    """How much better one of them finds each digit."""
    found = [one.compute(recalls) for one in (of_a, of_b)]
    about = f"{of_models([a.id, b.id])} {of_a.data} test"
    show_plot(recall_differences(a.compared(), b.compared(), *found), "recall differences", about)
    st.caption("Recall: the share of a digit's images that are read right.")
