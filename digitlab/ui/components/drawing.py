"""The drawing on the screen: what every surface gives back, and the labels that come with it, each taken once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from digitlab.errors import BadInk
from digitlab.formats import short
from digitlab.image.prepare import Prepared
from digitlab.ink.strokes import Drawing, check_ink, check_pen_width

DRAWING = "draw"
"""The session's name of the drawing on the page Draw, which its pad and its canvas with tools share."""

_REMEMBERED = 64
_MOST_LABELS = 16
"""Labels that are remembered, and that one message may hold; a pad sends its last eight along."""

_LONGEST_ID = 80
_NO_LABEL = "The browser sent a label that is not a digit from 0 to 9. Load the page again."


@dataclass(frozen=True)
class DigitLabel:
    """What somebody said that a drawing is. id: names the act of labelling, however often it is sent.

    stands: False once it was taken back; taken back or not, it may be sent again.
    """

    id: str
    digit: int
    drawing: Drawing
    stands: bool = True


class Pad(NamedTuple):
    """A pad whose drawing others follow over the live channel: its key, and the number of the drawing that is known.

    is_live: whether it hands in every drawing; the canvas with tools does so only while a stroke is drawn or moved.
    """

    key: str
    number: int
    is_live: bool = True


OnLabel = Callable[[DigitLabel], bool]
"""Takes a label, or takes back one that stands no more; gives back whether it could."""


@dataclass(frozen=True)
class Writing:
    """A picture of digits that are still to be told apart: grey, `uint8` of shape (height, width), white ink.

    photo: what the ink was found on, None for a drawing.
    """

    ink: np.ndarray
    photo: Image.Image | None = None


Given = Prepared | Writing | None
"""What a surface gives back: one prepared digit, a picture of several, or nothing yet."""


def checked_drawing(value: object) -> Drawing:
    """What a browser sent, `{"strokes": …, "penWidth": …}`, as a drawing.

    Raises BadInk when it is no such object, the strokes are no ink or the pen width is no number from 1 to 100.
    """
    if not isinstance(value, Mapping):
        raise BadInk(f"The browser sent {short(value, 40)} where a drawing belongs. Load the page again.")
    return Drawing(ink=check_ink(value.get("strokes")), pen_width=check_pen_width(value.get("penWidth")))


def session_drawing(key: str) -> Drawing:
    """The drawing that the session has under this key; empty at first."""
    drawing: Drawing = st.session_state.get(_session_key(key), Drawing(ink=[]))
    return drawing


def remember_drawing(key: str, drawing: Drawing) -> None:
    """Put a drawing into the session. A surface shows it when it is next mounted."""
    st.session_state[_session_key(key)] = drawing


def session_pad(key: str) -> Pad:
    """The pad of this key, and the number of its drawing that the session has; 0 at first."""
    return Pad(key, st.session_state.get(_number_key(key), 0))


def remember_number(key: str, number: Any) -> None:
    """Note the number that a pad gave its drawing; anything but a whole number below 2^53 counts as 0."""
    st.session_state[_number_key(key)] = number if type(number) is int and 0 <= number < 2**53 else 0


def _number_key(key: str) -> str:
    return f"number of the drawing on {key}"


def _session_key(key: str) -> str:
    return f"drawing of {key}"


def new_labels(key: str, sent: Any) -> list[DigitLabel]:
    """The labels among what the browser sent that are news to this session: new ones, those taken back, and those
    that stand again.

    key: of the pad. sent: a list of `{"id": …, "digit": …, "stands": …, "strokes": …, "penWidth": …}`, or None. It says
    how things stand and not what was done, so that a message may come twice, or be skipped for the next.
    Raises BadInk when it is something else.
    """
    if not isinstance(sent, list | None) or len(sent or []) > _MOST_LABELS:
        raise BadInk(_NO_LABEL)
    taken: dict[str, bool] = st.session_state.setdefault(f"labels taken from {key}", {})
    found = []
    for value in sent or []:
        identity, digit, stands = _said(value)
        if taken.get(identity) is not stands:
            taken.pop(identity, None)  # the newest ones stand last, the oldest are forgotten
            taken[identity] = stands
            for old in list(taken)[:-_REMEMBERED]:
                del taken[old]
            found.append(DigitLabel(identity, digit, checked_drawing(value), stands))
    return found


def _said(value: Any) -> tuple[str, int, bool]:
    """Id and digit of a label, and whether it stands, as one without that word does. Raises BadInk for odd ones."""
    label = value if isinstance(value, dict) else {}
    identity, digit, stands = label.get("id"), label.get("digit"), label.get("stands", True)
    is_name = isinstance(identity, str) and identity.isprintable() and len(identity) <= _LONGEST_ID
    if not is_name or type(digit) is not int or not 0 <= digit <= 9 or not isinstance(stands, bool):
        raise BadInk(_NO_LABEL)
    return str(identity), digit, stands
