"""The preparation step by step: what each step makes of the drawing, and what the models would say there."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.formats import percent, png_address
from digitlab.image import SIDE
from digitlab.image.prepare import STEPS, Prepared, Step, squeeze
from digitlab.runs.listing import Entry
from digitlab.ui.app import address, readers
from digitlab.ui.app.model_picker import colours
from digitlab.ui.components.live_html import live_html

_show = live_html("digitlab.preparation", Path(__file__).with_name("steps.css"))

_SHOWN_SIDE = 140
_WORDS = {
    "drawing": ("Drawing", "As it was drawn, squeezed to 28×28."),
    "cropped": ("Crop", "To the box around the ink, so that its position does not matter."),
    "scaled": ("Scale", "The longer side to 20 pixels, so that its size does not matter."),
    "centred": ("Centre", "By the centre of mass in 28×28, as every image of MNIST is."),
    "grey": ("Grey", "Stretched, so that a faint or thin pen reads like a strong one."),
}
_AFTER = dict(zip(STEPS, ("cropped", "scaled", "centred", "grey"), strict=True))
"""Step that can be left out → the picture after it."""


def pick_steps() -> tuple[bool, frozenset[str]]:
    """Show the switches; gives back whether the panel is open, and the steps to leave out."""
    is_open = st.toggle(
        "Step by step",
        **address.switch("steps"),
        width="content",
        help="How a drawing becomes 28×28 pixels, and what the models would say after each step.",
    )
    if not is_open:
        return False, frozenset()
    done: list[str] = st.pills(
        "Steps of the preparation",
        STEPS,
        selection_mode="multi",
        **address.several("preparation", STEPS, STEPS),
        format_func=lambda step: _WORDS[_AFTER[step]][0],
        width="content",
        help="Switch a step off to see what it is good for. The answers follow.",
    )
    return True, frozenset(STEPS) - frozenset(done)


def show_steps(prepared: Prepared | None, models: Sequence[Entry], without: frozenset[str]) -> None:
    """Show the pictures of every step and the models' answers to each. Call it in the fragment that draws."""
    if prepared is None or not prepared.steps or not readers.is_quick():
        _show('<p class="empty">Draw a digit, and every step of its preparation appears here.</p>', "steps shown")
        return
    off = {_AFTER[step] for step in without}
    colour = colours([model.id for model in models])
    cells = "".join(_step(step, models, colour, step.name in off) for step in prepared.steps)
    _show(f'<ol class="steps">{cells}</ol>', "steps shown")


def _step(step: Step, models: Sequence[Entry], colour: Mapping[str, str], is_off: bool) -> str:
    title, words = _WORDS[step.name]
    image = as_image(step.picture)
    said = "".join(_answer(model, colour[model.id], image) for model in models)
    state = "off: this step is left out" if is_off else words
    return (
        f'<li class="{"off" if is_off else ""}"><h4>{title}</h4><img src="{png_address(_shown(step.picture))}" '
        f'alt="{title}"><ul>{said}</ul><p>{state}</p></li>'
    )


def _answer(model: Entry, colour: str, image: np.ndarray) -> str:
    try:
        reading = readers.predictor(model.id).read_all(image[None])[0]
    except DigitlabError:  # its card says why
        return ""
    return (
        f'<li title="{escape(model.title)}" style="--model:{colour}"><b>{reading.digit}</b>'
        f'<span class="track"><i style="width:{100 * reading.probability:.1f}%"></i></span>'
        f"<span>{percent(reading.probability)}</span></li>"
    )


def as_image(picture: np.ndarray) -> np.ndarray:
    """A step's picture as a model would get it if the preparation ended there: squeezed to 28×28, `uint8`."""
    return picture if picture.shape == (SIDE, SIDE) else np.rint(squeeze(picture)).astype(np.uint8)


def _shown(picture: np.ndarray) -> np.ndarray:
    """Large pictures thinned out, so that little has to be sent."""
    every = max(1, -(-max(picture.shape) // _SHOWN_SIDE))
    return np.ascontiguousarray(picture[::every, ::every])
