"""What the chosen models read in one digit, side by side: a card for each, and whether they agree."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from digitlab.errors import DigitlabError
from digitlab.formats import count, milliseconds, part_id, percent, png, png_address
from digitlab.glossary import hint
from digitlab.image import SIDE
from digitlab.image.prepare import Prepared
from digitlab.ink.remarks import DOT
from digitlab.runs.listing import Entry
from digitlab.ui.app import readers
from digitlab.ui.app.model_picker import colours
from digitlab.ui.components.drawing import Pad
from digitlab.ui.components.live import Shown, wish
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.remount import rerun_fragment
from digitlab.ui.components.reveal import HIDDEN, hides_answers

if TYPE_CHECKING:
    from digitlab.reading.live import Answers
    from digitlab.reading.predictor import Reading

INVITATION = "Draw a digit, or choose a picture of one. Every model answers at once."
NO_MODEL = "Choose a model, and it answers here."
LOADING = "Loading the models. They answer in a few seconds."

_UNSURE = hint("not sure")
_BLANK = np.zeros((SIDE, SIDE), np.uint8)


@dataclass(frozen=True)
class Answer:
    """One model's card: what it is, and what it read, if anything. name: for people."""

    name: str
    colour: str
    parameters: int
    reading: Reading | None = None
    trouble: str | None = None


def answers_html(
    answers: Sequence[Answer], image: np.ndarray | None = None, note: str = INVITATION, remark: str = ""
) -> str:
    """All cards, what the models see, and the line that says whether the models agree.

    image: `uint8` of shape (28, 28); black when there is none.
    note: stands instead of the line while nothing has been read. remark: stands behind it.
    """
    said = verdict([answer for answer in answers if answer.reading])
    split = " split" if said.startswith("They disagree") else ""
    return (
        '<div class="answers">'
        f"{_seen(image)}"
        f'<div class="cards">{"".join(map(card_html, answers))}</div>'
        f'<p class="verdict{split}" role="status">{escape(with_remark(said or note, remark))}</p>'
        "</div>"
    )


def with_remark(said: str, remark: str) -> str:
    """What the models say and the remark on the drawing; of a dot they say nothing."""
    return remark if remark == DOT else f"{said} {remark}".strip()


def verdict(answers: Sequence[Answer]) -> str:
    """One line on what the models say: "They disagree: softmax says 7, cnn says 1."; empty without answers."""
    unsure = [answer.name for answer in answers if answer.reading and not answer.reading.sure]
    said = _said([answer for answer in answers if answer.reading and answer.reading.sure])
    if not unsure:
        return said
    if not said:
        return f"{_joined(unsure)} {_is(unsure)} not sure: this may not be a digit."
    return f"{said[:-1]}; {_joined(unsure)} {_is(unsure)} not sure."


def _said(answers: Sequence[Answer]) -> str:
    names: dict[int, list[str]] = {}
    for answer in answers:
        if answer.reading:
            names.setdefault(answer.reading.digit, []).append(answer.name)
    if len(names) > 1:
        said = (f"{_joined(who)} {'says' if len(who) == 1 else 'say'} {digit}" for digit, who in names.items())
        return f"They disagree: {', '.join(said)}."
    for digit, who in names.items():
        return f"{_joined(who)} says {digit}." if len(who) == 1 else f"They agree on {digit}."
    return ""


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _in_words(image: np.ndarray | None) -> str:
    """What a screen reader says of what the models see."""
    return "Nothing yet" if image is None else f"The drawing as an image of {SIDE} by {SIDE} grey pixels"


def _seen(image: np.ndarray | None) -> str:
    source = png_address(_BLANK if image is None else image)
    return (
        f'<figure class="seen"><img src="{source}" alt="{_in_words(image)}" width="112" height="112"><figcaption>'
        f"What the models see: {SIDE}×{SIDE} grey pixels</figcaption></figure>"
    )


def card_html(answer: Answer) -> str:
    """One model's card."""
    time = milliseconds(answer.reading.milliseconds) if answer.reading else "–\u202fms"
    return (
        f'<article class="card{"" if answer.reading else " nothing"}" style="--model:{answer.colour}"'
        f' aria-label="{escape(answer.name)}" data-digit="{answer.reading.digit if answer.reading else ""}">'
        f'<h2 title="{escape(answer.name)}">{_name(answer.name)}</h2>{_reading(answer)}{_bars(answer)}'
        f'<div class="cost"><span title="{escape(hint("parameters"))}">{count(answer.parameters)} parameters</span>'
        f'<span title="Time to read one image">{time}</span></div></article>'
    )


def _name(name: str) -> str:
    """A name that a narrow card cuts off, but for the end of an id, which tells it from another of the same name."""
    start, end = part_id(name)
    return f"<span>{escape(start)}</span><span>{escape(end)}</span>" if end else escape(name)


def _reading(answer: Answer) -> str:
    if answer.trouble:
        return f'<p class="trouble">{escape(answer.trouble)}</p>'
    if not answer.reading:
        return '<p class="reading"><span class="digit" aria-hidden="true">?</span></p>'
    digit, share = answer.reading.digit, percent(answer.reading.probability)
    if answer.reading.sure:
        return f'<p class="reading"><span class="digit">{digit}</span><span class="sure">{share}</span></p>'
    return (
        f'<p class="reading unsure" title="{_UNSURE}"><span class="digit">{digit}</span>'
        f'<span class="sure"><em>not sure</em>{share}</span></p>'
    )


def _bars(answer: Answer) -> str:
    rows = []
    for digit in range(10):
        share = float(answer.reading.probabilities[digit]) if answer.reading else 0.0
        top = answer.reading is not None and digit == answer.reading.digit
        rows.append(
            f'<li class="{"top" if top else ""}"><span>{digit}</span>'
            f'<span class="track"><span class="bar" style="width:{100 * share:.2f}%"></span></span>'
            f'<span class="share">{percent(share) if answer.reading else ""}</span></li>'
        )
    return f'<ol class="bars" aria-label="Probability of each digit">{"".join(rows)}</ol>'


_show = live_html(
    "digitlab.answers",
    Path(__file__).with_name("answers.css"),
    Path(__file__).with_name("verdict.css"),
    draw=Path(__file__).with_name("answers.js"),
)


def show_answers(
    prepared: Prepared | None, models: Sequence[Entry], pad: Pad | None = None, without: Collection[str] = ()
) -> None:
    """A card for each model: its answer to the prepared image, or an empty one while there is none.

    Call it in a fragment. In the first seconds of the server, while torch is being imported, the cards say so, and
    the fragment runs again when the models are there.
    pad: whose drawing it is; the cards then follow it over the live channel. without: steps that were left out.
    """
    image, remark = (prepared.image, prepared.remark) if prepared else (None, "")
    to_read = None if remark == DOT else image
    waiting = to_read is not None and bool(models) and not readers.is_quick()
    shown = shown_models(models)
    given = None if waiting else to_read
    cards = [_answer(model, one.colour, given) for model, one in zip(models, shown, strict=True)]
    nothing = [replace(card, reading=None, trouble=None) for card in cards]
    note = LOADING if waiting else INVITATION if models else NO_MODEL
    asked = None if pad is None else wish(pad.key, "answers", shown, without=without)
    hidden = answers_html(nothing, image, HIDDEN) if hides_answers() else None
    _show(answers_html(cards, image, note, remark), "answers", asked, pad.number if pad else 0, hidden=hidden)
    if waiting:
        load_and_rerun(models)


def shown_models(models: Sequence[Entry]) -> list[Shown]:
    """The models as views show them, each in its colour."""
    colour = colours([model.id for model in models])
    return [Shown(model.id, model.title, colour[model.id]) for model in models]


def _answer(model: Entry, colour: str, image: np.ndarray | None) -> Answer:
    card = Answer(model.title, colour, model.parameters)
    if image is None:
        return card
    try:
        return replace(card, reading=readers.predictor(model.id).read_all(image[None])[0])
    except DigitlabError as error:
        return replace(card, trouble=str(error))


def live_answers(value: Answers, models: Sequence[Shown], _without: Collection[str]) -> dict[str, Any]:
    """The view's value as answers.js draws it: numbers, the image, and the line that says whether the models agree."""
    answers = []
    for model in models:
        found = value.readings.get(model.id)
        reading, trouble = (None, str(found)) if isinstance(found, DigitlabError) else (found, None)
        answers.append(Answer(model.title, model.colour, 0, reading, trouble))
    said = verdict([answer for answer in answers if answer.reading])
    image = None if value.prepared is None else value.prepared.image
    return {
        "image": base64.b64encode(png(_BLANK if image is None else image)).decode(),
        "alt": _in_words(image),
        "verdict": with_remark(said or (INVITATION if models else NO_MODEL), value.remark),
        "split": said.startswith("They disagree"),
        "cards": [answer.trouble or _numbers(answer.reading) for answer in answers],
    }


def _numbers(reading: Reading | None) -> list[Any] | None:
    """Digit, probabilities in thousandths, sure, milliseconds."""
    if reading is None:
        return None
    thousandths = [round(1000 * share) for share in reading.probabilities.tolist()]
    return [reading.digit, thousandths, reading.sure, round(reading.milliseconds, 1)]


def load_and_rerun(models: Sequence[Entry]) -> None:
    """Load the models, then have the newest drawing answered."""
    for model in models:
        with suppress(DigitlabError):  # its card says so in the next run
            readers.predictor(model.id)
    rerun_fragment()
