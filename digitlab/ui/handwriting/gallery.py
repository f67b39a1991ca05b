"""The user's drawings: how many there are, a grid of them in pages, and the chosen one large."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.data import PartName
from digitlab.data.handwriting_file import MyDrawing
from digitlab.formats import count
from digitlab.ui.app import address
from digitlab.ui.app.address import page_file
from digitlab.ui.components.image_grid import Tile, image_grid
from digitlab.ui.components.live_html import live_html
from digitlab.ui.handwriting.one_drawing import show_one
from digitlab.ui.handwriting.selection import delete_some, images_of
from digitlab.ui.shared.pager import one_page

_show = live_html("digitlab.handwriting_counts", Path(__file__).with_name("gallery.css"))

_WHAT = (
    "Digits that you drew and labelled on Draw. Models can learn from them (choose the data set My handwriting in the "
    "training form), and every third drawing of a digit is held out, to test how well they read your handwriting."
)
_EMPTY = (
    "There are no drawings yet. Draw a digit on Draw and label it: it is then kept here. You can also import an ink "
    "file below."
)


def show_nothing_yet() -> None:
    """What will be here, and the way to it."""
    st.caption(_WHAT)
    st.info(_EMPTY, icon=":material/gesture:")
    _link_to_draw("Go to Draw")


def show_counts(drawings: Sequence[MyDrawing]) -> None:
    """What this is, the totals, and a bar for each digit."""
    st.caption(_WHAT)
    _show(counts_html(drawings), "counts")
    _link_to_draw("Draw more")


def counts_html(drawings: Sequence[MyDrawing]) -> str:
    """Totals as a list of figures, and ten bars whose dark part is what models learn from."""
    writers = len({one.writer for one in drawings})
    held_out = sum(one.part is PartName.TEST for one in drawings)
    totals = (
        ("", "drawing" if len(drawings) == 1 else "drawings", len(drawings)),
        ("", "writer" if writers == 1 else "writers", writers),
        ("trains", "to learn from", len(drawings) - held_out),
        ("held", "held out", held_out),
    )
    figures = "".join(
        f'<div><dd>{count(number)}</dd><dt class="{kind}">{name}</dt></div>' for kind, name, number in totals
    )
    bars = f'<ol class="digits" aria-label="Drawings of each digit">{_bars(drawings)}</ol>'
    return f'<dl class="totals">{figures}</dl>{bars}'


def _bars(drawings: Sequence[MyDrawing]) -> str:
    total = Counter(one.digit for one in drawings)
    trains = Counter(one.digit for one in drawings if one.part is PartName.TRAIN)
    most = max(total.values(), default=1)
    return "".join(
        f'<li title="{digit}: {count(total[digit])}, of which {count(total[digit] - trains[digit])} held out">'
        f'<span class="number">{count(total[digit])}</span><span class="column">'
        f'<i class="held" style="height:{100 * (total[digit] - trains[digit]) / most:.1f}%"></i>'
        f'<i class="trains" style="height:{100 * trains[digit] / most:.1f}%"></i></span><b>{digit}</b></li>'
        for digit in range(10)
    )


def _link_to_draw(label: str) -> None:
    st.page_link(
        page_file("draw"), label=label, icon=":material/draw:", help="Opens Draw, where drawings are labelled."
    )


_PER_PAGE = 60


def show_gallery(drawings: Sequence[MyDrawing], shown: Sequence[MyDrawing]) -> None:
    """The chosen drawing and, beside it, all that the filter shows. drawings: all that the address may name."""
    if not shown:
        st.caption("No drawing matches. Choose another digit or writer.")
        return
    asked = address.read("drawing", [one.id for one in drawings])
    index = next((index for index, one in enumerate(shown) if one.id == asked), 0)
    left, right = st.columns([4, 7], gap="large")
    with left:
        show_one(shown[index], len(shown))
    with right:
        _show_grid(shown, index)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("○: held out, never learned from.")
            if len(shown) < len(drawings):
                _offer_deletion(shown, f"Delete these {count(len(shown))}", "Deletes what the filter shows.")
            _offer_deletion(
                drawings, "Delete all my drawings", "Deletes all drawings, also those that the filter hides."
            )


def _show_grid(shown: Sequence[MyDrawing], chosen: int) -> None:
    page = one_page(np.arange(len(shown)), _PER_PAGE, "page")
    images = images_of([shown[index] for index in page])
    tiles = [_tile(int(index), shown[index], image) for index, image in zip(page, images, strict=True)]
    image_grid(tiles, chosen, "kept drawings", lambda index: address.write("drawing", shown[index].id))


def _tile(index: int, drawing: MyDrawing, image: np.ndarray) -> Tile:
    held_out = drawing.part is PartName.TEST
    title = f"A {drawing.digit} by {drawing.writer}, {'held out' if held_out else 'to learn from'}"
    return Tile(index, image, f"{drawing.digit} ○" if held_out else f"{drawing.digit}", title)


def _offer_deletion(drawings: Sequence[MyDrawing], label: str, what: str) -> None:
    """A button that asks once more. what: it does, in a sentence."""
    one = len(drawings) == 1
    number = "1 drawing" if one else f"{count(len(drawings))} drawings"
    with st.popover(label, icon=":material/delete:", help=f"{what} You are asked once more."):
        them = "it" if one else "them"
        st.markdown(f"**{number}** will be deleted for good. Export {them} first to keep a copy.")
        st.button(
            f"Delete {number}",
            key=label,
            type="primary",
            on_click=delete_some,
            args=(drawings, len(drawings)),
            help=f"{'It' if one else 'They'} cannot be brought back.",
        )
