"""The preparation step by step: what each step makes of the drawing, and what the models would say there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.formats import percent, png_address
from digitlab.image.prepare import STEPS, Prepared
from digitlab.runs.listing import Entry
from digitlab.ui.app import address, readers
from digitlab.ui.components.drawing import Pad
from digitlab.ui.components.live import Shown, wish
from digitlab.ui.components.live_html import live_html
from digitlab.ui.shared.answers import shown_models

if TYPE_CHECKING:  # torch comes with them, and the first page must not wait for it
    from digitlab.reading.live import StepReadings
    from digitlab.reading.predictor import Reading

_show = live_html("digitlab.preparation", Path(__file__).with_name("steps.css"))

_SHOWN_SIDE = 140
_WORDS = {
    "drawing": ("Drawing", "As it was drawn, squeezed to 28×28."),
    "cropped": ("Crop", "To the box around the ink, so that its position does not matter."),
    "scaled": ("Scale", "The longer side to 20 pixels, so that its size does not matter."),
    "centred": ("Centre", "By the centre of mass in 28×28, as every image of MNIST is."),
    "grey": ("Grey", "Grey values are stretched, so that a faint or thin pen reads like a strong one."),
}
_AFTER = dict(zip(STEPS, ("cropped", "scaled", "centred", "grey"), strict=True))
"""Step that can be left out → the picture after it."""


def pick_steps() -> frozenset[str]:
    """Show a switch for each step that can be left out; gives back those that are."""
    done: list[str] = st.pills(
        "Steps of the preparation",
        STEPS,
        selection_mode="multi",
        **address.several(
            "preparation", STEPS, STEPS, help="Switch a step off to see what it is good for. The answers follow."
        ),
        format_func=lambda step: _WORDS[_AFTER[step]][0],
        width="content",
    )
    return frozenset(STEPS) - frozenset(done)


def show_steps(
    prepared: Prepared | None, models: Sequence[Entry], without: Collection[str], pad: Pad | None = None
) -> None:
    """Show the pictures of every step and the models' answers to each. Call it in the fragment that draws.

    pad: whose drawing it is; the panel then follows it over the live channel.
    """
    shown = shown_models(models)
    asked = None if pad is None else wish(pad.key, "steps", shown, without=without)
    found: list[StepReadings] = []
    if prepared is not None and readers.is_quick():
        found = _read(prepared, models)
    _show(steps_html(found, shown, without), "steps shown", asked, pad.number if pad else 0)


def _read(prepared: Prepared, models: Sequence[Entry]) -> list[StepReadings]:
    from digitlab.reading.live import StepReadings, as_image

    if not prepared.steps:
        return []
    images = np.stack([as_image(step.picture) for step in prepared.steps])
    readings = {}
    for model in models:
        with suppress(DigitlabError):  # its card says why
            readings[model.id] = readers.predictor(model.id).read_all(images)
    return [
        StepReadings(step, {model: one[index] for model, one in readings.items()})
        for index, step in enumerate(prepared.steps)
    ]


def live_steps(value: Sequence[StepReadings], models: Sequence[Shown], without: Collection[str]) -> str:
    """The view's value as HTML."""
    return steps_html(value, models, without)


def steps_html(found: Sequence[StepReadings], models: Sequence[Shown], without: Collection[str]) -> str:
    """A list of the steps, each with its picture and what every model would read there."""
    if not found:
        return '<p class="empty">Draw a digit, and every step of its preparation appears here.</p>'
    off = {_AFTER[step] for step in without}
    return f'<ol class="steps">{"".join(_step(one, models, one.step.name in off) for one in found)}</ol>'


def _step(one: StepReadings, models: Sequence[Shown], is_off: bool) -> str:
    title, words = _WORDS[one.step.name]
    said = "".join(_answer(model, one.readings[model.id]) for model in models if model.id in one.readings)
    state = "off: this step is left out" if is_off else words
    return (
        f'<li class="{"off" if is_off else ""}"><h3>{title}</h3><img src="{png_address(_thinned(one.step.picture))}" '
        f'alt="{title}"><ul>{said}</ul><p>{state}</p></li>'
    )


def _answer(model: Shown, reading: Reading) -> str:
    return (
        f'<li title="{escape(model.title)}" style="--model:{model.colour}"><b>{reading.digit}</b>'
        f'<span class="track"><i style="width:{100 * reading.probability:.1f}%"></i></span>'
        f"<span>{percent(reading.probability)}</span></li>"
    )


def _thinned(picture: np.ndarray) -> np.ndarray:
    """Large pictures thinned out, so that little has to be sent."""
    every = max(1, -(-max(picture.shape) // _SHOWN_SIDE))
    return np.ascontiguousarray(picture[::every, ::every])
