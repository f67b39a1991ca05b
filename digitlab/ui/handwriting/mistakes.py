"""What a model reads wrong of the user's drawings; each can be relabelled or deleted right there."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitlab.data import PartName
from digitlab.data.handwriting_file import MyDrawing
from digitlab.formats import count
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain
from digitlab.ui.components.image_grid import Tile, image_grid
from digitlab.ui.handwriting.one_drawing import show_one
from digitlab.ui.handwriting.readings import Answers
from digitlab.ui.handwriting.selection import images_of
from digitlab.ui.shared.pager import one_page

_PER_PAGE = 60


def show_mistakes(found: Sequence[Answers], drawings: Sequence[MyDrawing]) -> None:
    """Choose one of the models, and see what it reads wrong: the true digit → what it says."""
    known = {one.entry.id: one for one in found}
    address.forget_unless("mistakes-of", known)  # it may no longer be among the models above
    name: str = st.selectbox(
        "Mistakes of",
        list(known),
        width=320,
        **address.choice(
            "mistakes-of",
            known,
            help="The model whose mistakes are shown.",
            label=lambda name: known[name].entry.title if name in known else name,
        ),
    )
    model = known[name]
    wrong = np.flatnonzero(~model.right(drawings))
    if not len(wrong):
        st.caption(f"{plain(model.entry.title)} reads all {count(len(drawings))} drawings right.")
        return
    st.caption(f"Read wrong: {count(len(wrong))} of {count(len(drawings))}. True digit → what it says; ○: held out.")
    _show_grid(model, drawings, wrong)


def _show_grid(model: Answers, drawings: Sequence[MyDrawing], wrong: np.ndarray) -> None:
    asked = address.asked("mistake")
    chosen = next((int(index) for index in wrong if drawings[index].id == asked), int(wrong[0]))
    left, right = st.columns([4, 7], gap="large")
    with left:
        show_one(drawings[chosen], len(drawings), "mistake")
    with right:
        _show_tiles(model, drawings, wrong, chosen)


def _show_tiles(model: Answers, drawings: Sequence[MyDrawing], wrong: np.ndarray, chosen: int) -> None:
    page = one_page(wrong, _PER_PAGE, "mistakes-page")
    images = images_of([drawings[index] for index in page])
    tiles = [
        _tile(int(index), drawings[index], int(model.said[index]), image)
        for index, image in zip(page, images, strict=True)
    ]
    image_grid(tiles, chosen, "mistakes", lambda index: address.write("mistake", drawings[index].id))


def _tile(index: int, drawing: MyDrawing, said: int, image: np.ndarray) -> Tile:
    digit, held_out = drawing.digit, drawing.part is PartName.TEST
    title = f"A {digit} by {drawing.writer}, read as {said}, {'held out' if held_out else 'to learn from'}"
    return Tile(index, image, f"{digit} → {said}{' ○' if held_out else ''}", title, wrong=True)
