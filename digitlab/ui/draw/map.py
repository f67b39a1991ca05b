"""The map: where the drawing lies among test images, as each model sees them, with its ten nearest neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from digitlab.errors import DigitlabError
from digitlab.figures.style import DIGITS
from digitlab.glossary import hint
from digitlab.runs.listing import Entry
from digitlab.ui.components.drawing import Pad
from digitlab.ui.components.live import Shown
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.signed_map import SIGNED_COLOURS
from digitlab.ui.shared.live_view import Choices, show_view

if TYPE_CHECKING:  # torch comes with it, and the first page must not wait for it
    from digitlab.reading.maps import Placed

_HERE = Path(__file__).parent

_show = live_html("digitlab.map", _HERE / "map.css", draw=(SIGNED_COLOURS, _HERE / "map.js"))

CHOICES: Mapping[str, Choices] = {"projection": ("pca", "tsne")}
"""What the address holds, as the view itself reads it."""

_EMPTY = '<p class="empty">A map of test images appears here, with the drawing among them.</p>'
_NO_MODEL = "Choose a model, and its map appears here."


def show_map(models: Sequence[Entry], looked_at: Pad | np.ndarray | None) -> None:
    """Show the panel. Call it in the fragment that draws."""
    show_view(_show, "map", models, looked_at, empty=_EMPTY, choices=CHOICES, lane="slow")


def live_map(
    value: Mapping[str, Placed | DigitlabError], models: Sequence[Shown], _without: Collection[str]
) -> dict[str, Any]:
    """The view's value as map.js draws it."""
    return {
        "digits": DIGITS,
        "about": "" if models else _NO_MODEL,
        "hints": {"pca": hint("PCA"), "tsne": hint("t-SNE"), "near": hint("nearest neighbours")},
        "models": [_model(value[model.id], model) for model in models],
    }


def _model(found: Placed | DigitlabError, model: Shown) -> dict[str, Any]:
    named = {"id": model.id, "title": model.title, "colour": model.colour}
    if isinstance(found, DigitlabError):
        return {**named, "trouble": str(found)}
    return {
        **named,
        "projection": found.projection,
        "isMade": found.is_made,
        "point": None if found.point is None else [round(float(side), 3) for side in found.point],
        "near": list(found.near),
        "distances": [round(float(distance), 2) for distance in found.distances],
    }
