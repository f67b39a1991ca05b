"""The drawings that a model reads wrong."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitlab.data.mine import KeptDrawing
from digitlab.data.part_names import PartName
from digitlab.figures.numbers import count
from digitlab.ui import address
from digitlab.ui.callouts import plain
from digitlab.ui.handwriting.answers import Answers
from digitlab.ui.handwriting.images import images_of
from digitlab.ui.image_grid import Tile, image_grid
from digitlab.ui.model_picker import shown_name
from digitlab.ui.pages import one_page
from digitlab.ui.sent_image import open_in_draw

_PER_PAGE = 60


def show_mistakes(found: Sequence[Answers], drawings: Sequence[KeptDrawing]) -> None:
    """Choose one of the models, and see what it reads wrong: the true digit → what it says."""
    known = {one.entry.name: one for one in found}
    if st.query_params.get("mistakes-of") not in known:
        st.query_params.pop("mistakes-of", None)  # it is no longer among the models above
    name: str = st.selectbox(
        "Mistakes of",
        list(known),
        format_func=lambda name: shown_name(known[name].entry) if name in known else name,
        width=320,
        help="The model whose mistakes are shown.",
        **address.choice("mistakes-of", known),
    )
    model = known[name]
    wrong = np.flatnonzero(~model.right(drawings))
    if not len(wrong):
        st.caption(f"{plain(shown_name(model.entry))} reads all {count(len(drawings))} drawings right.")
        return
    st.caption(f"Read wrong: {count(len(wrong))} of {count(len(drawings))}. True digit → what it says; ○: held out.")
    _show_grid(model, drawings, wrong)


def _show_grid(model: Answers, drawings: Sequence[KeptDrawing], wrong: np.ndarray) -> None:
    asked = st.query_params.get("mistake")
    chosen = next((int(place) for place in wrong if drawings[place].id == asked), int(wrong[0]))
    page = one_page(wrong, _PER_PAGE, "mistakes-page")
    images = images_of([drawings[place] for place in page])
    tiles = [
        _tile(int(place), drawings[place], int(model.said[place]), image)
        for place, image in zip(page, images, strict=True)
    ]
    image_grid(tiles, chosen, "mistakes", lambda place: address.write("mistake", drawings[place].id))
    digit = drawings[chosen].drawing.digit
    open_in_draw(images_of([drawings[chosen]])[0], f"A {digit} from My handwriting", "open the mistake")


def _tile(place: int, kept: KeptDrawing, said: int, image: np.ndarray) -> Tile:
    digit, held_out = kept.drawing.digit, kept.part is PartName.TEST
    title = f"A {digit} by {kept.drawing.writer}, read as {said}, {'held out' if held_out else 'to learn from'}"
    return Tile(place, image, f"{digit} → {said}{' ○' if held_out else ''}", title, wrong=True)
