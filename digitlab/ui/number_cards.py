"""Several digits on the page: asks the chosen models, shows what they read, and boxes the digits on a photo."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image, ImageDraw

from digitlab.errors import DigitlabError
from digitlab.preprocess import Prepared
from digitlab.runs.catalog import ModelEntry
from digitlab.ui import predictors
from digitlab.ui.answer_cards import load_and_rerun, show_answers
from digitlab.ui.answers import LOADING, NO_MODEL
from digitlab.ui.live_html import live_html
from digitlab.ui.model_picker import colours, shown_name
from digitlab.ui.number_answers import INVITATION, NumberAnswer, number_html
from digitlab.ui.styles import VERDICT, styles
from digitlab.ui.surfaces import Writing

if TYPE_CHECKING:  # torch comes with it
    from digitlab.numbers import FoundDigit

_show = live_html("digitlab.numbers", styles(Path(__file__).parent / "number_answers.css", VERDICT))

_SHOWN_SIDE = 900
_BOX = "#EE6677"


def show_number(writing: Writing | None, models: Sequence[ModelEntry]) -> Sequence[FoundDigit]:
    """Show what each model reads; gives back the digits that were found. One digit alone gets the cards of one.

    Which strokes make a digit is decided by the chosen model with the best test figures, for all of them alike.
    """
    colour = colours([model.name for model in models])
    cards = [NumberAnswer(shown_name(model), colour[model.name]) for model in models]
    if writing is None or not models:
        _show(number_html(cards, [], INVITATION if models else NO_MODEL), "numbers")
        return []
    if not predictors.is_quick():
        _show(number_html(cards, [], LOADING), "numbers")
        load_and_rerun(models)
    digits = _found(writing, models)
    if len(digits) == 1 and writing.photo:
        show_answers(Prepared(digits[0].image, ()), models)
    else:
        _show(number_html([_read(c, m, digits) for c, m in zip(cards, models, strict=True)], digits), "numbers")
    return digits


def boxed(photo: Image.Image, ink_width: int, digits: Sequence[FoundDigit]) -> Image.Image:
    """The photo with a box around each digit. ink_width: of the picture that the digits were found in, in pixels."""
    shown = photo.convert("RGB")
    shown.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    scale, pen = shown.width / ink_width, ImageDraw.Draw(shown)
    for digit in digits:
        left, top, right, bottom = (side * scale for side in digit.box)
        pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=_BOX, width=3)
    return shown


def show_photo(writing: Writing, digits: Sequence[FoundDigit]) -> None:
    """Show the photo with what was found on it."""
    if writing.photo:
        found = "1 digit" if len(digits) == 1 else f"{len(digits)} digits"
        st.image(boxed(writing.photo, writing.ink.shape[1], digits), caption=f"The picture, with {found} found")


def _found(writing: Writing, models: Sequence[ModelEntry]) -> Sequence[FoundDigit]:
    from digitlab.numbers import find_number

    best = max(models, key=lambda model: max(model.accuracies.values(), default=0.0))
    for model in (best, *models):
        with suppress(DigitlabError):  # its card says so
            return find_number(writing.ink, predictors.predictor(model.name))
    return []


def _read(card: NumberAnswer, model: ModelEntry, digits: Sequence[FoundDigit]) -> NumberAnswer:
    from digitlab.numbers import as_text, read_number

    try:
        readings = read_number(digits, predictors.predictor(model.name))
    except DigitlabError as error:
        return replace(card, trouble=str(error))
    return replace(card, text=as_text(digits, readings), readings=readings)
