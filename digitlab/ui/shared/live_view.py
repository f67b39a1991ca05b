"""A view of the current image that comes over the live channel alone: the page's run neither computes nor waits for it.

Its markup may change the view's parameters (`data-ask`, see live_html.js) without a run of the page; the address gets
them once they rest.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from digitlab.runs.listing import Entry
from digitlab.ui.app import address, notice
from digitlab.ui.components.drawing import Pad
from digitlab.ui.components.live import Lane, wish
from digitlab.ui.components.live_html import Show, image_subject
from digitlab.ui.shared.answers import shown_models

Choices = Sequence[Any] | re.Pattern[str]
"""Values, or what a name looks like where only the view knows which there are; it takes its default for others."""


def show_view(
    show: Show,
    view: str,
    models: Sequence[Entry],
    looked_at: Pad | np.ndarray | None,
    *,
    empty: str,
    choices: Mapping[str, Choices] | None = None,
    lane: Lane = "quick",
) -> None:
    """Show a view, which is also the name of its element. Call it where the page runs when models or image change.

    looked_at: the pad whose drawing is followed, or an image, `uint8` of shape (28, 28); None for nothing.
    empty: trusted markup that stands until something is seen. choices: name → what there is to choose, of the view's
    parameters that the address holds (`?map-projection=tsne`); what is not there gets one line and does not count.
    """
    known = choices or {}
    chosen = {name: _asked(f"{view}-{name}", options) for name, options in known.items()}
    parameters = {name: value for name, value in chosen.items() if value is not None}

    def keep(asked: Mapping[str, Any]) -> None:
        address.write_all(
            {f"{view}-{name}": asked[name] for name, options in known.items() if _has(options, asked.get(name))}
        )

    if looked_at is None:
        show(empty, view)
        return
    pad, subject = (
        (looked_at.key, None) if isinstance(looked_at, Pad) else (f"image of {view}", image_subject(looked_at))
    )
    asked = wish(pad, view, shown_models(models), parameters=parameters, lane=lane)
    show(empty, view, asked, until_live=True, subject=subject, on_asked=keep)


def _asked(key: str, options: Choices) -> Any:
    """What the address asks for; None for nothing, and for what is not there, which gets one line."""
    if not isinstance(options, re.Pattern):
        return address.read(key, options)
    text = address.asked(key)
    if text is None or options.fullmatch(text):
        return text
    notice.say_unknown(f"{key} = {text[:60]}")
    return None


def _has(options: Choices, value: Any) -> bool:
    if isinstance(options, re.Pattern):
        return isinstance(value, str) and options.fullmatch(value) is not None
    return any(type(one) is type(value) and one == value for one in options)
