"""The kept drawings as a grid in pages; the chosen one large, to relabel or delete."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from digitlab.data.mine import KeptDrawing
from digitlab.data.part_names import PartName
from digitlab.figures.numbers import count
from digitlab.ui import address
from digitlab.ui.handwriting.changes import delete_some
from digitlab.ui.handwriting.images import images_of
from digitlab.ui.handwriting.one_drawing import show_one
from digitlab.ui.image_grid import Tile, image_grid
from digitlab.ui.pages import one_page

_PER_PAGE = 60


def show_gallery(kept: Sequence[KeptDrawing], shown: Sequence[KeptDrawing]) -> None:
    """The chosen drawing and, beside it, all that the filter shows. kept: everything, which the address may name."""
    if not shown:
        st.caption("No drawing matches. Choose another digit or writer.")
        return
    asked = address.read("drawing", [one.id for one in kept])
    place = next((place for place, one in enumerate(shown) if one.id == asked), 0)
    left, right = st.columns([4, 7], gap="large")
    with left:
        show_one(shown[place], len(shown))
    with right:
        _show_grid(shown, place)
        _offer_deletion(shown, len(shown) == len(kept))


def _show_grid(shown: Sequence[KeptDrawing], chosen: int) -> None:
    page = one_page(np.arange(len(shown)), _PER_PAGE, "page")
    images = images_of([shown[place] for place in page])
    tiles = [_tile(int(place), shown[place], image) for place, image in zip(page, images, strict=True)]
    image_grid(tiles, chosen, "kept drawings", lambda place: address.write("drawing", shown[place].id))


def _tile(place: int, kept: KeptDrawing, image: np.ndarray) -> Tile:
    drawing, held_out = kept.drawing, kept.part is PartName.TEST
    title = f"A {drawing.digit} by {drawing.writer}, {'held out' if held_out else 'to learn from'}"
    return Tile(place, image, f"{drawing.digit} ○" if held_out else f"{drawing.digit}", title)


def _offer_deletion(shown: Sequence[KeptDrawing], everything: bool) -> None:
    number = count(len(shown))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption("○: held out, never learned from.", width="content")
        with st.popover(
            f"Delete all {number}" if everything else f"Delete these {number}",
            icon=":material/delete:",
            help="Deletes every drawing that the filter shows. It is asked once more.",
        ):
            st.markdown(f"**{number}** drawings go for good. Export them first to keep a copy.")
            st.button(
                f"Delete {number} for good",
                key="delete all shown",
                type="primary",
                on_click=delete_some,
                args=(shown, len(shown)),
                help="They cannot be brought back.",
            )
