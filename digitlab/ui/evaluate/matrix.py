"""The confusion matrix, and beside it the images of the chosen cell, one of them large."""

from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.formats import count, percent, png_address
from digitlab.metrics.confusion import MODES, confusion_counts
from digitlab.metrics.predictions import Predictions
from digitlab.ui.app import address
from digitlab.ui.components.image_grid import Tile, image_grid
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.matrix import Cell, matrix, name_of
from digitlab.ui.components.save_figure import save_figure
from digitlab.ui.shared.pager import one_page
from digitlab.ui.shared.plots import file_name, page_colours
from digitlab.ui.shared.scored import Scored
from digitlab.ui.shared.sent_image import open_in_draw

_show = live_html("digitlab.one_image", Path(__file__).with_name("matrix.css"))


def show_images(scored: Scored, indices: np.ndarray, hint: str, per_page: int, prefix: str = "") -> None:
    """The images of the data set with these indices, in this order. prefix: of the names in the address."""
    images = scored.images()
    if images is None:
        return
    if not len(indices):
        st.caption("There are no such images. Choose another cell, digit or verdict.")
        return
    image_key = f"{prefix}image"
    st.caption(hint)
    chosen = address.read(image_key, indices.tolist(), int(indices[0]))
    _one_image(scored.answers, images, chosen, f"one image {prefix}")
    open_in_draw(images[chosen], f"Image {chosen} from Evaluate", f"open {prefix}")
    shown = one_page(indices, per_page, f"{prefix}page")
    tiles = [_tile(scored.answers, images, int(index)) for index in shown]
    image_grid(tiles, chosen, f"grid {prefix}", lambda index: address.write(image_key, index))


def _tile(predictions: Predictions, images: np.ndarray, index: int) -> Tile:
    true, said = int(predictions.labels[index]), int(predictions.predicted[index])
    sure = percent(predictions.confidence[index])
    return Tile(
        index,
        images[index],
        f"{true} → {said}",
        f"Image {index}: a {true}, read as {said} with {sure}",
        wrong=true != said,
    )


def _one_image(predictions: Predictions, images: np.ndarray, index: int, key: str) -> None:
    true, said = int(predictions.labels[index]), int(predictions.predicted[index])
    verdict = f"A {true}, read as {said}" if true != said else f"A {true}, read right"
    rows = "".join(
        f'<li class="{"said" if digit == said else ""} {"true" if digit == true else ""}"><span>{digit}</span>'
        f'<span class="track"><span class="bar" style="width:{100 * share:.2f}%"></span></span>'
        f'<span class="share">{percent(share)}</span></li>'
        for digit, share in enumerate(predictions.probabilities[index].tolist())
    )
    _show(
        f'<div class="one"><figure><img src="{png_address(images[index])}" alt="{verdict}">'
        f"<figcaption><b>{verdict}</b><br>with {percent(predictions.confidence[index])} · image {index}</figcaption>"
        f'</figure><ol aria-label="Probability of each digit">{rows}</ol></div>',
        key,
    )


_NAME = "confusion matrix"
_PER_PAGE = 20
_WORDS = {"counts": "Counts", "shares": "Shares", "errors": "Errors only"}
_CELLS: dict[str, Cell] = {
    name_of((true, predicted)): (true, predicted) for true in range(10) for predicted in range(10)
}
_CLOSED = dict.fromkeys(("cell", "image", "page"))
"""All mistakes, from the first page on, as the address has it."""


@st.fragment
def show_matrix(scored: Scored) -> None:
    """The part that runs again when a cell or an image is chosen."""
    left, right = st.columns([6, 5], gap="large")
    with left:
        cell = _matrix(scored)
    with right:
        _images(scored, cell)


def _matrix(scored: Scored) -> Cell | None:
    """The matrix; gives back the chosen cell."""
    mode = st.segmented_control(
        "Confusion matrix",
        MODES,
        format_func=_WORDS.__getitem__,
        required=True,
        **address.choice(
            "matrix",
            MODES,
            help="Counts: numbers of images. Shares: each row in % of the true digit's images. Errors only: without "
            "the right answers. Choose a cell to see its images: by a click, a tap, or the arrow keys and Enter.",
        ),
    )
    cell = _CELLS.get(address.read("cell", _CELLS) or "")
    matrix(scored.compute(confusion_counts), mode, cell, _NAME, _choose, page_colours())
    save_figure(_NAME, _NAME, file_name(scored.about, _NAME, mode))
    return cell


def _choose(cell: Cell) -> None:
    """Write the chosen cell into the address, with the first of its images."""
    address.write_all({**_CLOSED, "cell": name_of(cell)})


def _images(scored: Scored, cell: Cell | None) -> None:
    if cell is None:
        indices = scored.answers.select("wrong")
        title = f"All mistakes: {_images_of(len(indices))}"
        hint = "The most confident come first. Choose a cell of the matrix to see only its images."
    else:
        true, predicted = cell
        indices = scored.answers.select(true=true, predicted=predicted)
        verdict = f"{true} read as {predicted}" if true != predicted else f"{true} read right"
        title, hint = f"{verdict}: {_images_of(len(indices))}", "The most confident come first."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        if cell is not None:
            st.button(
                "All mistakes", key="all mistakes", type="tertiary", on_click=_close, help="Close the chosen cell."
            )
    show_images(scored, indices, hint, per_page=_PER_PAGE)


def _close() -> None:
    """Back to all mistakes."""
    address.write_all(_CLOSED)


def _images_of(number: int) -> str:
    return "1 image" if number == 1 else f"{count(number)} images"
