"""The confusion matrix, and beside it the images of the cell that was clicked."""

import streamlit as st

from digitlab.figures.confusion import confusion_figure
from digitlab.figures.numbers import count
from digitlab.metrics.confusion import MODES, confusion_counts
from digitlab.ui import address
from digitlab.ui.evaluate.images import show_images
from digitlab.ui.evaluate.plots import clicked, page_colour, show_plot
from digitlab.ui.evaluate.subject import Subject

_NAME = "confusion matrix"
_PER_PAGE = 20
_WORDS = {"counts": "Counts", "shares": "Shares", "errors": "Errors only"}
_CELLS = {f"{true}-{predicted}": (true, predicted) for true in range(10) for predicted in range(10)}


@st.fragment
def show_matrix(subject: Subject) -> None:
    """The part that runs again when a cell or an image is clicked."""
    left, right = st.columns([6, 5], gap="large")
    with left:
        cell = _matrix(subject)
    with right:
        _images(subject, cell)


def _matrix(subject: Subject) -> tuple[int, int] | None:
    """The matrix; gives back the chosen cell, (true, predicted)."""
    mode = st.segmented_control(
        "Confusion matrix",
        MODES,
        format_func=_WORDS.__getitem__,
        required=True,
        help="Counts: numbers of images. Shares: each row in % of the true digit's images. Errors only: without the "
        "right answers. Click on a cell to see its images.",
        **address.choice("matrix", MODES),
    )
    cell = _CELLS.get(address.read("cell", _CELLS) or "")
    figure = confusion_figure(subject.numbers(confusion_counts), mode, cell, page_colour())
    show_plot(figure, _NAME, _choose)
    return cell


def _choose() -> None:
    """Write the clicked cell into the address."""
    cell = clicked(_NAME)
    if cell:  # a click on the chosen cell takes plotly's selection away; its images stay
        _close()
        address.write("cell", f"{cell[0]}-{cell[1]}")


def _images(subject: Subject, cell: tuple[int, int] | None) -> None:
    if cell is None:
        places = subject.predictions.select("wrong")
        title = f"All mistakes: {_images_of(len(places))}"
        hint = "The most confident come first. Click on a cell of the matrix to see its images alone."
    else:
        true, predicted = cell
        places = subject.predictions.select(true=true, predicted=predicted)
        verdict = f"{true} read as {predicted}" if true != predicted else f"{true} read right"
        title, hint = f"{verdict}: {_images_of(len(places))}", "The most confident come first."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        if cell is not None:
            st.button(
                "All mistakes", key="all mistakes", type="tertiary", on_click=_close, help="Close the chosen cell."
            )
    show_images(subject, places, hint, per_page=_PER_PAGE)


def _close() -> None:
    """Back to all mistakes, from the first page on."""
    for key in ("cell", "image", "page"):
        address.write(key, None)


def _images_of(number: int) -> str:
    return "1 image" if number == 1 else f"{count(number)} images"
