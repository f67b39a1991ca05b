"""Which image the model looks at: the drawing of the page Draw, or a sample of a data set."""

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.formats import percent, png_address
from digitlab.image.prepare import prepare_ink
from digitlab.ui.app import address
from digitlab.ui.app.readers import predictor
from digitlab.ui.components.drawing import DRAWING, session_drawing
from digitlab.ui.shared.data_picker import is_here, test_part

_SOURCES = {"drawing": "My drawing", "sample": "Sample"}
_TITLES = {
    "mnist": "MNIST's test images",
    "pen": "the pen digits of unseen people",
    "sklearn": "scikit-learn's digits",
}


@dataclass(frozen=True)
class ChosenImage:
    """image: `uint8` of shape (28, 28). name: unique among all images. words: what it is, for people.

    digit: what it shows, None where nobody has said so.
    """

    image: np.ndarray
    name: str
    words: str
    digit: int | None = None


def pick_image(data: str = "") -> ChosenImage:
    """Show the switch between drawing and sample, and give back the image; a sample where nothing is drawn.

    data: the data set whose test part the samples are of; empty for MNIST, or what there is instead of it.
    """
    drawn = _drawing()
    source = st.segmented_control(
        "Image",
        list(_SOURCES),
        format_func=_SOURCES.__getitem__,
        required=True,
        **address.choice(
            "source",
            _SOURCES,
            "drawing" if drawn else "sample",
            help="My drawing: what you drew on the page Draw. Sample: an image of a data set's test part.",
        ),
    )
    if source == "drawing" and drawn:
        return drawn
    if source == "drawing":
        st.caption("Nothing is drawn yet. Draw a digit on the page Draw; until then, a sample stands here.")
    return _sample(data or ("mnist" if is_here("mnist") else "sklearn"))


def _drawing() -> ChosenImage | None:
    drawing = session_drawing(DRAWING)
    try:
        image = prepare_ink(drawing.ink, drawing.pen_width).image if drawing.ink else None
    except DigitlabError:  # strokes beside the canvas: the page Draw says so
        return None
    return None if image is None else ChosenImage(image, f"drawing {hash(image.tobytes())}", "your drawing")


def _sample(data: str) -> ChosenImage:
    part = test_part(data)
    number = st.number_input(
        "Sample",
        step=1,
        width=150,
        **address.number("sample", 0, len(part) - 1, 0, help=f"The number of the image among {_TITLES[data]}."),
    )
    label = int(part.labels[number])
    return ChosenImage(
        part.images[number].numpy(), f"{data} {number}", f"number {number} of {_TITLES[data]}, a {label}", label
    )


def show_reading(model: str, chosen: ChosenImage) -> None:
    """The image, and what the model reads in it. Raises DigitlabError when the model cannot be loaded."""
    reading = predictor(model).read_all(chosen.image[None])[0]
    sure = percent(reading.probability)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<img src="{png_address(chosen.image)}" width="72" height="72" alt="The image: {escape(chosen.words)}">',
            width="content",
        )
        st.markdown(f"This is {chosen.words}. The model reads **{reading.digit}** ({sure}).", width="content")
