"""Which of the user's drawings are shown (`?digit=7&hand=anna`), their images, and changes of them.

Changes are for the callbacks of buttons: what went wrong is shown when the page runs again.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import streamlit as st

from digitlab.data.exports import image_of
from digitlab.data.handwriting import MOST_DRAWINGS, delete_drawings, relabel
from digitlab.data.handwriting_file import MyDrawing
from digitlab.errors import DigitlabError
from digitlab.formats import count
from digitlab.image import SIDE
from digitlab.ink.strokes import Drawing
from digitlab.ui.app import address
from digitlab.ui.app.callouts import show_error
from digitlab.ui.app.visitor import own_settings

_TROUBLE = "my handwriting, what went wrong"

_DIGIT, _WRITER = "digit", "hand"


def pick_shown(drawings: Sequence[MyDrawing]) -> list[MyDrawing]:
    """Show the filters and give back what they leave, the newest first."""
    writers = sorted({one.writer for one in drawings})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        digit = st.pills(
            "Digit",
            range(10),
            wrap=True,
            **_from_the_start(
                address.choice(
                    _DIGIT,
                    range(10),
                    optional=True,
                    help="Shows only drawings of this digit; choose it again to see all.",
                )
            ),
        )
        writer = st.selectbox(
            "Writer",
            writers,
            index=None,
            placeholder="Everyone",
            width=220,
            **_from_the_start(
                address.choice(
                    _WRITER,
                    writers,
                    optional=True,
                    help="Shows only drawings by one writer. The name is asked for on Draw.",
                )
            ),
        )
    return [one for one in reversed(drawings) if digit in (None, one.digit) and writer in (None, one.writer)]


def chosen_writer() -> str | None:
    """The writer that the filter has left, if any; after `pick_shown`."""
    return st.session_state.get(_WRITER)


def forget_filters() -> None:
    """Show everything again."""
    address.write_all({_DIGIT: None, _WRITER: None})


def forget_position() -> None:
    """Go back to the first page and drawing, as after any change of what is shown."""
    address.write_all(dict.fromkeys(("drawing", "page", "mistake", "mistakes-page")))


def _from_the_start(arguments: address.Arguments) -> address.Arguments:
    """The widget's arguments; a change of it also leads back to the first page."""
    follow, given = arguments["on_change"], arguments["args"]

    def change() -> None:
        follow(*given)
        forget_position()

    return {"key": arguments["key"], "on_change": change}


def images_of(drawings: Sequence[MyDrawing]) -> np.ndarray:
    """The drawings, each with its own pen: `uint8` of shape (N, 28, 28)."""
    images = [_image(tuple(tuple(map(tuple, stroke)) for stroke in one.ink), one.pen_width) for one in drawings]
    return np.array(images, np.uint8).reshape(-1, SIDE, SIDE)


@lru_cache(maxsize=MOST_DRAWINGS)
def _image(ink: tuple[tuple[tuple[float, ...], ...], ...], pen_width: float) -> np.ndarray:
    """Prepared once per process."""
    return image_of(Drawing(ink=[[list(point) for point in stroke] for stroke in ink], pen_width=pen_width))


def show_last_trouble() -> None:
    """Show the error of the last change, if it had one."""
    if error := st.session_state.pop(_TROUBLE, None):
        show_error(error)


def try_to(change: Callable[[], object]) -> bool:
    """Make a change; its error waits for `show_last_trouble`. Returns whether it was made."""
    try:
        change()
    except DigitlabError as error:
        st.session_state[_TROUBLE] = error
        return False
    return True


def relabel_one(drawing: MyDrawing, key: str) -> None:
    """Give the drawing the digit that the widget of this key has."""
    digit = st.session_state.get(key)
    if digit is None or digit == drawing.digit:
        return
    if try_to(lambda: relabel(own_settings().drawings, drawing.id, int(digit))):
        st.toast(f"Relabelled as {digit}.", icon=":material/edit:")


def delete_some(drawings: Sequence[MyDrawing], shown: int) -> None:
    """Delete drawings. shown: how many the filter showed; when none is left of them, the filter goes, too."""
    if not try_to(lambda: delete_drawings(own_settings().drawings, [one.id for one in drawings])):
        return
    address.write_all({"drawing": None, "mistake": None})
    if len(drawings) == shown:
        forget_filters()
        forget_position()
    what = "The drawing is" if len(drawings) == 1 else f"{count(len(drawings))} drawings are"
    st.toast(f"{what} deleted.", icon=":material/delete:")
