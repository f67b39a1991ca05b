"""Predict, then reveal: the answers stay hidden until a class has voted. Votes and score live in the browser alone."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from digitlab.image.prepare import Prepared
from digitlab.runs.listing import Entry
from digitlab.ui.app import address
from digitlab.ui.components.drawing import Given, Pad
from digitlab.ui.components.live import LIVE_JS
from digitlab.ui.components.reveal import REVEAL_JS
from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.vote",
    html=(_HERE / "vote.html").read_text(encoding="utf-8"),
    css=styles(_HERE / "vote.css"),
    js="\n".join(
        (LIVE_JS, REVEAL_JS, (_HERE / "ballot.js").read_text("utf-8"), (_HERE / "vote.js").read_text("utf-8"))
    ),
)


_HELP = (
    "Hides what the models say until the class has voted by a show of hands. A click on a digit adds a vote; "
    "so do the keys 0 to 9 on the row of votes and on the pad, where they then do not label the drawing. "
    "Enter or R on the row reveals the answers. Say what it was, and the score counts how often class and models "
    "were right; a tie is not right, and a model that is not sure counts with its likeliest digit. The score lasts "
    "as long as the browser's tab."
)


def pick_vote() -> bool:
    """Show the switch and give back whether the answers are hidden until the class has voted (`?vote=True`)."""
    return st.toggle(
        "Predict, then reveal",
        **address.switch("vote", help=_HELP),
    )


def show_vote(given: Given, models: Sequence[Entry], pad: Pad | None, *, is_digit: bool) -> None:
    """Show the votes, Reveal and the score. Nothing of it runs the page.

    pad: whose drawing is voted on, None for a picture. is_digit: whether it is one digit, as votes are.
    """
    hands_in = pad.key if pad is not None and pad.is_live else None
    _component(
        key="ballot",
        data={
            "pad": hands_in,
            "subject": "" if hands_in else _subject(given, pad),
            "models": [[model.id, model.title] for model in models],
            "isDigit": is_digit,
        },
    )


def _subject(given: Given, pad: Pad | None) -> str:
    """What is voted on, where no pad says so: a drawing stays the same one as long as it grows. Empty for nothing."""
    if given is None:
        return ""
    if pad is not None:
        return "drawing"
    pixels = given.image if isinstance(given, Prepared) else given.ink
    return hashlib.blake2b(pixels.tobytes(), digest_size=8).hexdigest()
