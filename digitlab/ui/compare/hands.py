"""Which hands the models read and which they do not: pen digits by collection and by trait, with those read wrong."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitlab.data import PartName
from digitlab.data.dataset import DATASETS
from digitlab.data.traits import Group, groups_of
from digitlab.formats import count, percent
from digitlab.reading.comparison import Row
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain
from digitlab.ui.app.visitor import own_settings
from digitlab.ui.compare.sides import Side
from digitlab.ui.compare.tables import show_table
from digitlab.ui.components.image_grid import Tile, image_grid
from digitlab.ui.shared.pager import one_page

DATA = "pen"
"""The data set whose drawings are known stroke by stroke."""

_PER_PAGE = 40
_GROUP, _PAGE, _CHOSEN = "hands", "hands-page", "hand"


@st.fragment
def show_hands(sides: Sequence[Side]) -> None:
    """The table of groups, and the drawings of one of them that are read wrong. sides: two or more with answers."""
    st.header(
        "Which hands they read",
        help="Accuracy on the pen digits of unseen people, by the collection that a drawing comes from and by traits "
        "that make it hard to read. A drawing may have several traits. Where a figure is low, more such drawings to "
        "learn from would help most.",
    )
    images = sides[0].scored.images() if sides[0].scored else None
    if images is None:
        return
    groups = _groups(sides[0].scored.scores.images if sides[0].scored else "", images)
    rows = [_row(group, sides) for group in groups]
    show_table(sides, rows, "Accuracy by collection and trait", "hands table")
    st.caption("Bold: the best value of each row. Point at the name of a row to read what it means.")
    _show_mistakes(groups, sides, images)


@st.cache_resource(max_entries=4, show_spinner=False)
def _groups(fingerprint: str, _images: np.ndarray) -> list[Group]:  # noqa: ARG001  the images' name is the cache's key
    drawings = DATASETS[DATA].load_drawings(own_settings().folders, PartName.TEST, 0.1)
    return groups_of(drawings, _images)


def _right(side: Side, group: Group) -> np.ndarray:
    return side.scored.answers.right[group.members] if side.scored else np.zeros(0, bool)


def _row(group: Group, sides: Sequence[Side]) -> Row:
    shares = [float(_right(side, group).mean()) for side in sides]
    best = frozenset(index for index, share in enumerate(shares) if share == max(shares))
    return Row(
        f"{group.name} ({count(len(group.members))})", group.meaning, tuple(percent(share, 1) for share in shares), best
    )


def _show_mistakes(groups: Sequence[Group], sides: Sequence[Side], images: np.ndarray) -> None:
    """Choose a group, and see which of its drawings a model reads wrong; one of them with all models' answers."""
    known = {group.name: group for group in groups}
    address.forget_unless(_GROUP, known)
    worst = min(groups, key=lambda group: min(float(_right(side, group).mean()) for side in sides))
    name: str = st.selectbox(
        "Read wrong",
        list(known),
        width=320,
        **address.choice(
            _GROUP, known, worst.name, help="Whose drawings are shown that one of the models reads wrong."
        ),
    )
    members = known[name].members
    wrong = members[~np.all([_right(side, known[name]) for side in sides], axis=0)]
    if not len(wrong):
        st.caption(f"All models read all {count(len(members))} right.")
        return
    names = ", ".join(plain(side.title) for side in sides)
    st.caption(f"{count(len(wrong))} of {count(len(members))}. Below each: true digit → what they say ({names}).")
    chosen = address.read(_CHOSEN, wrong.tolist(), int(wrong[0]))
    st.markdown(_said(chosen, sides))
    tiles = [_tile(int(index), images[index], sides) for index in one_page(wrong, _PER_PAGE, _PAGE)]
    image_grid(tiles, chosen, "hand images", lambda index: address.write(_CHOSEN, index))


def _said(index: int, sides: Sequence[Side]) -> str:
    """A drawing's digit, and each model's answer with its probability, as Markdown."""
    answers = [(plain(side.title), side.scored.answers) for side in sides if side.scored]
    said = ", ".join(
        f"{title} **{one.predicted[index]}** ({percent(float(one.confidence[index]))})" for title, one in answers
    )
    return f"The framed one is a **{answers[0][1].labels[index]}**. It is read as: {said}."


def _tile(index: int, image: np.ndarray, sides: Sequence[Side]) -> Tile:
    answers = [(side.title, side.scored.answers) for side in sides if side.scored]
    true = int(answers[0][1].labels[index])
    said = [int(one.predicted[index]) for _, one in answers]
    words = ", ".join(f"{title} says {digit}" for (title, _), digit in zip(answers, said, strict=True))
    return Tile(index, image, f"{true} → {', '.join(map(str, said))}", f"A {true}. {words}", wrong=True)
