"""The time machine: what each model would have said of the drawing after every epoch, with slider and play.

The drawing's probabilities at all epochs come in one answer, so that the slider moves in the browser alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from digitlab.errors import DigitlabError
from digitlab.figures.style import DIGITS
from digitlab.runs.listing import Entry
from digitlab.ui.components.drawing import Pad
from digitlab.ui.components.film import CONTROLS, PARTS_CSS, PARTS_JS
from digitlab.ui.components.live import Shown
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.styles import SLIDER
from digitlab.ui.shared.live_view import show_view

if TYPE_CHECKING:  # torch comes with it, and the first page must not wait for it
    from digitlab.reading.epochs import EpochReadings

_HERE = Path(__file__).parent

_show = live_html("digitlab.epochs", PARTS_CSS, _HERE / "epochs.css", SLIDER, draw=(_HERE / "epochs.js", *PARTS_JS))

CHOICES = {"at": re.compile("[0-9]{1,4}")}
"""The epoch at which the slider stands, in the address: `?epochs-at=3`."""

_EMPTY = (
    '<p class="empty">Draw a digit, and what the models would have said of it through their epochs appears here.</p>'
)
_ABOUT = (
    "The ten probabilities of the drawing after each epoch, all at the temperature that was fitted to the weights that "
    "the model reads with."
)
_NO_MODEL = "Choose a model, and its epochs appear here."
_NO_SNAPSHOTS = (
    "This model has no snapshots of its epochs: it is shown as it is now. Train one like it, and every epoch is kept."
)


def show_epochs(models: Sequence[Entry], looked_at: Pad | np.ndarray | None) -> None:
    """Show the panel. Call it in the fragment that draws."""
    show_view(_show, "epochs", models, looked_at, empty=_EMPTY, choices=CHOICES, lane="slow")


def live_epochs(
    value: Mapping[str, EpochReadings | DigitlabError], models: Sequence[Shown], _without: Collection[str]
) -> dict[str, Any]:
    """The view's value as epochs.js draws it; probabilities in thousandths."""
    return {
        "digits": DIGITS,
        "controls": CONTROLS,
        "about": _ABOUT if models else _NO_MODEL,
        "models": [_model(value[model.id], model) for model in models],
    }


def _model(found: EpochReadings | DigitlabError, model: Shown) -> dict[str, Any]:
    named = {"id": model.id, "title": model.title, "colour": model.colour}
    if isinstance(found, DigitlabError):
        return {**named, "trouble": str(found)}
    return {
        **named,
        "stamp": found.stamp,
        "epochs": list(found.epochs),
        "chosen": found.chosen,
        "shares": None if found.probabilities is None else np.rint(1000 * found.probabilities).astype(int).tolist(),
        "note": _note(found),
    }


def _note(found: EpochReadings) -> str:
    if len(found.epochs) < 2:
        return _NO_SNAPSHOTS
    if len(found.epochs) < found.of:
        return f"{len(found.epochs)} of its {found.of} snapshots: more could not follow the pen."
    return ""
