"""Several digits on the page: asks the chosen models and shows what they read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.delta_generator import DeltaGenerator

from digitlab.errors import DigitlabError
from digitlab.preprocess import Prepared
from digitlab.runs.catalog import ModelEntry
from digitlab.ui import predictors
from digitlab.ui.answer_cards import load_and_rerun, show_answers
from digitlab.ui.answers import LOADING, NO_MODEL
from digitlab.ui.live_html import live_html
from digitlab.ui.model_picker import colours, shown_name
from digitlab.ui.number_answers import INVITATION, NO_BOX, NumberAnswer, number_html
from digitlab.ui.photo_boxes import show_photo
from digitlab.ui.styles import VERDICT, styles
from digitlab.ui.writing import Writing

if TYPE_CHECKING:  # torch comes with it
    from digitlab.numbers import FoundDigit

_show = live_html("digitlab.numbers", styles(Path(__file__).parent / "number_answers.css", VERDICT))


def show_number(writing: Writing | None, models: Sequence[ModelEntry], beside: DeltaGenerator) -> None:
    """Show what each model reads; one digit alone on a photo gets the cards of one.

    beside: where a photo appears with the digits boxed. Which strokes make a digit is decided by the chosen model
    with the best test figures, for all of them alike, unless the boxes are corrected there.
    """
    colour = colours([model.name for model in models])
    cards = [NumberAnswer(shown_name(model), colour[model.name]) for model in models]
    if writing is None or not models:
        _show(number_html(cards, [], INVITATION if models else NO_MODEL), "numbers")
        return
    if not predictors.is_quick():
        _show(number_html(cards, [], LOADING), "numbers")
        load_and_rerun(models)
    found = digits = _found(writing, models)
    if writing.photo:
        with beside:
            digits = show_photo(writing.photo, writing.ink, found)
    if len(digits) == 1 and writing.photo:
        show_answers(Prepared(digits[0].image, ()), models)
    else:
        answers = [_read(card, model, digits) for card, model in zip(cards, models, strict=True)]
        _show(number_html(answers, digits, INVITATION if digits is found else NO_BOX), "numbers")


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
