"""One kept drawing: large as the pen drew it, what is known of it, and what can be done with it."""

from datetime import datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from digitlab.data.mine import KeptDrawing
from digitlab.data.part_names import PartName
from digitlab.ink import draw_ink
from digitlab.ui.handwriting.changes import delete_some, relabel_one
from digitlab.ui.handwriting.images import images_of
from digitlab.ui.image_grid import png_source
from digitlab.ui.live_html import live_html
from digitlab.ui.sent_image import open_in_draw

_show = live_html("digitlab.one_drawing", (Path(__file__).parent / "one_drawing.css").read_text(encoding="utf-8"))


def show_one(kept: KeptDrawing, shown: int) -> None:
    """The drawing and its controls. shown: how many drawings the filter shows."""
    image = images_of([kept])[0]
    _show(drawing_html(kept, png_source(image)), "one drawing")
    digit, key = kept.drawing.digit, f"digit of {kept.id}, {kept.drawing.digit}"
    st.pills(
        "It is a",
        range(10),
        default=digit,
        key=key,
        required=True,
        wrap=True,
        on_change=relabel_one,
        args=(kept, key),
        help="Choose another digit to relabel the drawing. It stays held out, or to learn from.",
    )
    with st.container(horizontal=True):
        open_in_draw(image, f"A {digit} from My handwriting", "open the kept drawing")
        with st.popover("Delete", icon=":material/delete:", help="Deletes this drawing. It is asked once more."):
            st.markdown("The drawing goes for good.")
            st.button(
                "Delete it for good",
                key="delete the drawing",
                type="primary",
                on_click=delete_some,
                args=([kept], shown),
                help="It cannot be brought back.",
            )


def drawing_html(kept: KeptDrawing, image: str) -> str:
    """The picture of the strokes, the image that models see, and the facts. image: the image's address."""
    drawing = kept.drawing
    facts = (
        ("Writer", drawing.writer),
        ("Part", "held out" if kept.part is PartName.TEST else "trains"),
        ("Kept", _when(kept.made)),
    )
    lines = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    strokes = png_source(draw_ink(drawing.ink, kept.pen_width))
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
