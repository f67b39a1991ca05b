"""The panel "Why?": why each chosen model answers as it does, in three views that follow the pen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from digitlab.formats import signed
from digitlab.image import SIDE
from digitlab.runs.listing import Entry
from digitlab.ui.components.drawing import Pad
from digitlab.ui.components.live import Lane, Shown
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.signed_map import PALETTE, SCRIPTS, STYLE, asking
from digitlab.ui.shared.live_view import Choices, show_view
from digitlab.ui.shared.terms import explain_terms

_show = live_html("digitlab.why", STYLE, Path(__file__).with_name("why.css"), draw=SCRIPTS)

_EMPTY = '<p class="empty">Draw a digit, and {} appears here.</p>'
_PROMISES = {
    "evidence": "what each of its pixels says for and against each digit",
    "saliency": "which parts of it the network looks at",
    "layers": "what each layer of the network makes of it",
}
_DIGIT_HELP = "The digit that is explained, and its logit."

_TERMS = (
    "logit",
    "weight",
    "bias",
    "evidence",
    "saliency",
    "integrated gradients",
    "occlusion",
    "Grad-CAM",
    "convolution",
    "kernel",
    "feature map",
    "ReLU",
)

_DIGITS = range(-1, 10)
"""-1: the one that the model answers."""

CHOICES: Mapping[str, Mapping[str, Choices]] = {
    "evidence": {"digit": _DIGITS, "rival": range(-2, 10)},
    "saliency": {"digit": _DIGITS, "method": ("integrated-gradients", "occlusion", "grad-cam")},
    "layers": {
        "layer": re.compile(r"[\w.]{1,60}"),
        "map": range(-1, 256),
        "row": range(-1, SIDE),
        "column": range(-1, SIDE),
    },
}
"""View → what its address holds beside the model, as the view itself reads it."""

_LANES: Mapping[str, Lane] = {"evidence": "quick", "saliency": "slow", "layers": "slow"}


def show_why(models: Sequence[Entry], looked_at: Pad | np.ndarray | None) -> None:
    """Show the views that the chosen models have. Call it in the fragment that draws."""
    if not models:
        st.caption("Choose a model, and what made it answer appears here.")
        return
    views = [("evidence", [model for model in models if model.config.model == "softmax"])]
    views += [(view, [model for model in models if model.config.model != "softmax"]) for view in ("saliency", "layers")]
    for view, chosen in views:
        if chosen:
            _show_one(view, chosen, looked_at)
    explain_terms(*_TERMS)


def _show_one(view: str, models: Sequence[Entry], looked_at: Pad | np.ndarray | None) -> None:
    choices: dict[str, Choices] = {"model": [model.id for model in models], **CHOICES[view]}
    empty = _EMPTY.format(_PROMISES[view])
    show_view(_show, view, models, looked_at, empty=empty, choices=choices, lane=_LANES[view])


def nothing(view: str) -> dict[str, Any]:
    """A view's value for the browser where there is nothing to see."""
    return {"html": _EMPTY.format(_PROMISES[view]), "next": None}


def framed(title: str, body: str, models: Sequence[Shown], offered: Sequence[str], model: str) -> str:
    """A view with its heading and, where several models can be asked, a button for each. title, body: markup.

    models: all that are shown. offered, model: ids of those that this view suits, and of the one that it shows.
    """
    shown = [one for one in models if one.id in offered]
    name = next(one.title for one in shown if one.id == model)
    buttons = [(one.title, {"model": one.id}, one.id == model) for one in shown]
    which = choose("Model", "Which of the chosen models is explained.", buttons) if len(shown) > 1 else ""
    return (
        f'<section class="why" {PALETTE} aria-label="{escape(name)}: {title}"><h3>{escape(name)}: {title}</h3>'
        f"{which}{body}</section>"
    )


def choose(name: str, help: str, buttons: Sequence[tuple[str, Mapping[str, Any], bool]]) -> str:
    """A row of buttons, of which one is pressed: (words, what it asks, whether it is pressed), all plain text."""
    shown = "".join(
        f'<button type="button" {asking(asked)} aria-pressed="{str(is_pressed).lower()}">{escape(words)}</button>'
        for words, asked, is_pressed in buttons
    )
    return (
        f'<div class="choose" role="group" aria-label="{escape(name)}" title="{escape(help)}">'
        f"<span>{escape(name)}</span>{shown}</div>"
    )


def digit_buttons(logits: Sequence[float], pictures: Sequence[str], digit: int, chosen: int, follow: int) -> str:
    """A button for each digit with its logit and, if there are any, its picture; and one for what the model answers.

    follow: what the view is asked for the digit that the model answers. chosen: what it was asked.
    """
    answer = max(range(len(logits)), key=logits.__getitem__)
    tiles = "".join(
        f'<button type="button" class="tile" {asking({"digit": one})} aria-pressed="{str(one == digit).lower()}" '
        f'aria-label="{one}, logit {signed(logit)}">{pictures[one] if pictures else ""}'
        f"<b>{one}</b><span>{signed(logit)}</span></button>"
        for one, logit in enumerate(logits)
    )
    words = f"What the model answers: {answer}"
    return f'<div class="tiles" role="group" aria-label="Digit" title="{_DIGIT_HELP}">{tiles}</div>' + choose(
        "Explain",
        "A digit above, or always the one that the model answers.",
        [(words, {"digit": follow}, chosen == follow)],
    )
