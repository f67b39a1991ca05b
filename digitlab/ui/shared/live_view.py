"""A view of the current image that comes over the live channel alone: the page's run neither computes nor waits for it.

Its markup may change the view's parameters (`data-ask`, see live_html.js) without a run of the page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from digitlab.runs.listing import Entry
from digitlab.ui.components.drawing import Pad
from digitlab.ui.components.live import Lane, wish
from digitlab.ui.components.live_html import Show, image_subject
from digitlab.ui.shared.answers import shown_models


def show_view(
    show: Show,
    view: str,
    models: Sequence[Entry],
    looked_at: Pad | np.ndarray | None,
    *,
    empty: str,
    parameters: Mapping[str, Any] | None = None,
    lane: Lane = "quick",
    on_asked: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """Show a view, which is also the name of its element. Call it where the page runs when models or image change.

    looked_at: the pad whose drawing is followed, or an image, `uint8` of shape (28, 28); None for nothing.
    empty: trusted markup that stands until something is seen. parameters: what the view starts with.
    on_asked: is called with what they were changed to, foreign and unchecked.
    """
    if looked_at is None:
        show(empty, view)
        return
    pad, subject = (
        (looked_at.key, None) if isinstance(looked_at, Pad) else (f"image of {view}", image_subject(looked_at))
    )
    asked = wish(pad, view, shown_models(models), parameters=parameters, lane=lane)
    show(empty, view, asked, until_live=True, subject=subject, on_asked=on_asked)
