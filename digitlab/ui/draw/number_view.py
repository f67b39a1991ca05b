"""What the chosen models read in several digits: a row for each, and whether they agree."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.delta_generator import DeltaGenerator

from digitlab.errors import BadPicture, BadRun, BlankDrawing, DigitlabError, UnknownName
from digitlab.formats import percent, png_address
from digitlab.image.prepare import Prepared
from digitlab.runs.listing import Entry
from digitlab.ui.app import readers
from digitlab.ui.components.drawing import Pad, Writing
from digitlab.ui.components.live import Shown, wish
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.photo_boxes import boxed, show_photo
from digitlab.ui.components.reveal import HIDDEN, hides_answers
from digitlab.ui.shared.answers import LOADING, NO_MODEL, load_and_rerun, show_answers, shown_models

if TYPE_CHECKING:  # their modules import torch, which the first page must not wait for
    from digitlab.reading.live import NumberReadings
    from digitlab.reading.number import FoundDigit
    from digitlab.reading.predictor import Reading

INVITATION = "Write a number: a year, a postcode, a telephone number. Every digit is found and read by itself."

NO_BOX = "There is no ink in the boxes. Draw a box around each digit."


@dataclass(frozen=True)
class NumberAnswer:
    """One model's reading of all digits. name: for people. text: the digits in order."""

    name: str
    colour: str
    text: str = ""
    readings: Sequence[Reading] = ()
    trouble: str | None = None


def number_html(answers: Sequence[NumberAnswer], digits: Sequence[FoundDigit], note: str = INVITATION) -> str:
    """A row for each model: the number, and each digit's image with what was read in it and how sure.

    note: stands below while nothing has been read.
    """
    rows = "".join(_row(answer, digits) for answer in answers)
    said = _verdict([answer for answer in answers if answer.readings])
    split = " split" if said.startswith("They disagree") else ""
    return f'<div class="numbers">{rows}<p class="verdict{split}" role="status">{escape(said or note)}</p></div>'


def _row(answer: NumberAnswer, digits: Sequence[FoundDigit]) -> str:
    cells = "".join(_cell(digit, reading) for digit, reading in zip(digits, answer.readings, strict=False))
    body = f'<p class="trouble">{escape(answer.trouble)}</p>' if answer.trouble else f"<ol>{cells}</ol>"
    return (
        f'<article style="--model:{answer.colour}" aria-label="{escape(answer.name)}" data-number="{answer.text}">'
        f'<h2 title="{escape(answer.name)}">{escape(answer.name)}</h2>'
        f'<p class="number">{answer.text or "?"}</p>{body}</article>'
    )


def _cell(digit: FoundDigit, reading: Reading) -> str:
    share = percent(reading.probability)
    doubt = "" if reading.sure else " unsure"
    words = f"{reading.digit}, {share}" + ("" if reading.sure else ", not sure")
    return (
        f'<li class="cell{doubt}" title="{words}"><img src="{png_address(digit.image)}" alt="" width="56" height="56">'
        f"<b>{reading.digit}</b><span>{share}</span></li>"
    )


def _verdict(answers: Sequence[NumberAnswer]) -> str:
    """Whether the models agree, and whether one of them doubts a digit."""
    texts = {answer.text for answer in answers}
    if len(texts) > 1:
        return "They disagree: " + ", ".join(f"{answer.name} reads {answer.text}" for answer in answers) + "."
    doubts = [answer.name for answer in answers if not all(reading.sure for reading in answer.readings)]
    said = {1: f"{answers[0].name} reads", 0: ""}.get(len(answers), "They agree on") if answers else ""
    if not answers:
        return ""
    return f"{said} {answers[0].text}" + (
        f"; {' and '.join(doubts)} {'is' if len(doubts) == 1 else 'are'} not sure of all digits." if doubts else "."
    )


_show = live_html(
    "digitlab.numbers",
    Path(__file__).with_name("number_view.css"),
    Path(__file__).parents[1] / "shared" / "verdict.css",
)


def show_number(
    writing: Writing | None, models: Sequence[Entry], beside: DeltaGenerator, pad: Pad | None = None
) -> None:
    """Show what each model reads; one digit alone on a photo gets the cards of one.

    beside: where a photo appears with the digits boxed. Which strokes make a digit is decided by the chosen model
    with the best test figures, for all of them alike, unless the boxes are corrected there.
    pad: whose writing it is; the rows then follow it over the live channel.
    """
    shown = shown_models(models)
    asked = None if pad is None else wish(pad.key, "number", shown, decides=_best(models).id if models else "")
    number = pad.number if pad else 0
    cards = [NumberAnswer(model.title, model.colour) for model in shown]
    hidden = number_html(cards, [], HIDDEN) if hides_answers() else None
    if writing is None or not models:
        _show(number_html(cards, [], INVITATION if models else NO_MODEL), "numbers", asked, number, hidden=hidden)
        return
    if not readers.is_quick():
        _show(number_html(cards, [], LOADING), "numbers", asked, number, hidden=hidden)
        load_and_rerun(models)
    try:
        found = digits = _found(writing, models)
    except BadPicture as error:
        _show(number_html(cards, [], str(error)), "numbers", asked, number, hidden=hidden)
        if writing.photo:
            beside.image(boxed(writing.photo, writing.ink.shape[1], []), caption="The picture")
        return
    if writing.photo:
        with beside:
            digits = show_photo(writing.photo, writing.ink, found)
    if len(digits) == 1 and writing.photo:
        show_answers(Prepared(digits[0].image, ()), models)
    else:
        answers = [_read(card, model, digits) for card, model in zip(cards, models, strict=True)]
        html = number_html(answers, digits, INVITATION if digits is found else NO_BOX)
        _show(html, "numbers", asked, number, hidden=hidden)


def live_number(value: NumberReadings, models: Sequence[Shown], _without: Collection[str]) -> str:
    """The view's value as HTML."""
    answers = []
    for model in models:
        found = value.readings[model.id]
        card = NumberAnswer(model.title, model.colour)
        if isinstance(found, DigitlabError):
            answers.append(replace(card, trouble=str(found)))
        else:
            answers.append(replace(card, text=value.text(model.id), readings=found))
    return number_html(answers, value.digits, value.trouble or (INVITATION if models else NO_MODEL))


def _best(models: Sequence[Entry]) -> Entry:
    return max(models, key=lambda model: max(model.accuracies.values(), default=0.0))


def _found(writing: Writing, models: Sequence[Entry]) -> Sequence[FoundDigit]:
    """The digits, none where there is no ink. Raises BadPicture when the writing is none."""
    from digitlab.reading.number import find_number

    for model in (_best(models), *models):
        with suppress(BlankDrawing, BadRun, UnknownName):  # of a model that cannot be asked, its card says so
            return find_number(writing.ink, readers.predictor(model.id))
    return []


def _read(card: NumberAnswer, model: Entry, digits: Sequence[FoundDigit]) -> NumberAnswer:
    from digitlab.reading.number import as_text, read_number

    try:
        readings = read_number(digits, readers.predictor(model.id))
    except DigitlabError as error:
        return replace(card, trouble=str(error))
    return replace(card, text=as_text(digits, readings), readings=readings)
