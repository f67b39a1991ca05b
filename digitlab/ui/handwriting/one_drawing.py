"""One of the user's drawings: large as the pen drew it, what is known of it, and what can be done with it."""

from datetime import datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from digitlab.data import PartName
from digitlab.data.handwriting_file import MyDrawing
from digitlab.formats import png_address
from digitlab.ink.strokes import draw_ink
from digitlab.ui.components.live_html import live_html
from digitlab.ui.handwriting.selection import delete_some, images_of, relabel_one
from digitlab.ui.shared.sent_image import open_in_draw

_show = live_html("digitlab.one_drawing", Path(__file__).with_name("one_drawing.css"))


def show_one(drawing: MyDrawing, shown: int, what: str = "drawing") -> None:
    """The drawing and its controls. shown: how many drawings the filter shows. what: names it, once on a page."""
    image = images_of([drawing])[0]
    _show(drawing_html(drawing, png_address(image)), f"one {what}")
    digit, key = drawing.digit, f"digit of {what} {drawing.id}, {drawing.digit}"
    st.pills(
        "This is a",
        range(10),
        default=digit,
        key=key,
        required=True,
        wrap=True,
        on_change=relabel_one,
        args=(drawing, key),
        help="Choose another digit to relabel the drawing. It keeps its part: to learn from, or held out.",
    )
    with st.container(horizontal=True):
        open_in_draw(image, f"A {digit} from My handwriting", f"open the {what}")
        with st.popover("Delete", icon=":material/delete:", help="Deletes this drawing. You are asked once more."):
            st.markdown("The drawing will be deleted for good.")
            st.button(
                "Delete it for good",
                key=f"delete the {what}",
                type="primary",
                on_click=delete_some,
                args=([drawing], shown),
                help="It cannot be brought back.",
            )


def drawing_html(drawing: MyDrawing, image: str) -> str:
    """The picture of the strokes, the image that models see, and the facts. image: the image's address."""
    facts = (
        ("Writer", drawing.writer),
        ("Part", "held out" if drawing.part is PartName.TEST else "trains"),
        ("Kept", _when(drawing.made)),
    )
    lines = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    strokes = png_address(draw_ink(drawing.ink, drawing.pen_width))
    return (
        f'<div class="one"><img class="strokes" src="{strokes}" alt="A {drawing.digit} as the pen drew it">'
        f'<div class="beside"><img class="seen" src="{image}" alt="The same as models see it" '
        f'title="What models see: 28×28 pixels"><dl>{lines}</dl></div></div>'
    )


def _when(made: str) -> str:
    """The time for people, where the browser is; as it stands when it is no time."""
    try:
        return f"{datetime.fromisoformat(made).astimezone(ZoneInfo(st.context.timezone or 'UTC')):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return made[:40]
