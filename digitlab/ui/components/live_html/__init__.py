"""HTML that changes in place.

`st.html` throws its nodes away at each change: images flash, bars jump, and a screen reader misses the new text of a
live region. Here only what differs is changed. What is said of a drawing also comes over the live channel, past the
page's run.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import streamlit as st

from digitlab.formats import png
from digitlab.ink.strokes import CANVAS, Drawing
from digitlab.ui.components.live import LIVE_JS
from digitlab.ui.components.reveal import REVEAL, REVEAL_JS, as_hidden
from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent
_JS = (_HERE / "live_html.js").read_text(encoding="utf-8")


class Show(Protocol):
    """Shows HTML; at each run it changes only what differs.

    html: trusted markup: whatever comes from outside must have gone through `html.escape`. key: the same for the same
    element. wish: what it wants from the live channel, see `components.live.wish`; None for nothing. number: that of
    the drawing that the HTML speaks of; where the channel has answered a newer one, the HTML is not shown.
    until_live: the HTML says nothing of the drawing and stands only until the channel has answered.
    subject: what the element wants seen where no pad hands a drawing in: `drawing_subject` or `image_subject`; the
    wish's pad is then a name of the element's own.
    on_asked: is called with the view's parameters, and the `moment`, once they were changed in the browser, by markup
    with `data-ask` (see live_html.js); what it gets is foreign and must be checked.
    hidden: what stands while answers are hidden, see `components.reveal`; None for one line that says so.
    """

    def __call__(
        self,
        html: str,
        key: str,
        wish: Mapping[str, Any] | None = None,
        number: int = 0,
        *,
        until_live: bool = False,
        subject: Mapping[str, Any] | None = None,
        on_asked: Callable[[Mapping[str, Any]], None] | None = None,
        hidden: str | None = None,
    ) -> None: ...


def drawing_subject(drawing: Drawing, width: int = CANVAS) -> dict[str, Any]:
    """A drawing as an element's subject. width: of its canvas, in canvas pixels."""
    return {"strokes": drawing.ink, "penWidth": drawing.pen_width, "width": width}


def image_subject(image: np.ndarray) -> dict[str, Any]:
    """An image, `uint8` of shape (28, 28), as an element's subject; it is read as it is."""
    return {"image": base64.b64encode(png(image)).decode()}


def live_html(name: str, *sheets: Path, draw: Path | Sequence[Path] = ()) -> Show:
    """Make a kind of element for HTML that changes, with its own styles; call it once, when a module is imported.

    name: unique in the app. sheets: style sheets that reach nothing outside; Streamlit's theme is there as
    `--st-text-color` and so on. draw: a script, or several, with the function `drawValue(root, value, ask)`, for views
    whose values come over the live channel as something else than HTML; `ask({name: value})` changes the view's
    parameters. They may have `drawHidden(root, value, line)`, too, for answers that are hidden.
    """
    scripts = [draw] if isinstance(draw, Path) else draw
    script = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
    component = st.components.v2.component(
        name,
        html='<div class="live-html"></div>',
        css=styles(*sheets, REVEAL),
        js=f"{LIVE_JS}\n{REVEAL_JS}\n{script}\n{_JS}",
    )

    def show(
        html: str,
        key: str,
        wish: Mapping[str, Any] | None = None,
        number: int = 0,
        *,
        until_live: bool = False,
        subject: Mapping[str, Any] | None = None,
        on_asked: Callable[[Mapping[str, Any]], None] | None = None,
        hidden: str | None = None,
    ) -> None:
        data: dict[str, Any] = {"html": html, **as_hidden(hidden)}
        if wish is not None:
            heard = (_asked(key) or {}).get("moment")
            data |= {"wish": dict(wish), "number": number, "element": key, "untilLive": until_live, "heard": heard}
        if subject is not None:
            data |= {"subject": dict(subject)}

        def tell() -> None:
            if on_asked and (asked := _asked(key)):
                on_asked(asked)

        component(key=key, data=data, on_asked_change=tell)

    return show


def _asked(key: str) -> Mapping[str, Any] | None:
    """What was last asked for in an element, as it came from the browser; None for nothing."""
    state = st.session_state.get(key)
    asked = state.get("asked") if isinstance(state, Mapping) else None
    return asked if isinstance(asked, Mapping) else None
