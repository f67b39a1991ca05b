"""What the models read in several digits, as HTML. Pure: it draws what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from digitlab.figures.numbers import percent
from digitlab.ui.image_grid import png_source

if TYPE_CHECKING:  # their modules import torch, which the first page must not wait for
    from digitlab.numbers import FoundDigit
    from digitlab.predictor import Reading

INVITATION = "Write a number: a year, a postcode, a telephone number. Every digit is found and read by itself."

NO_BOX = "No box holds ink. Draw one around each digit."


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
        f'<h3 title="{escape(answer.name)}">{escape(answer.name)}</h3>'
        f'<p class="number">{answer.text or "?"}</p>{body}</article>'
    )


def _cell(digit: FoundDigit, reading: Reading) -> str:
    share = percent(float(reading.probabilities[reading.digit]))
    doubt = "" if reading.sure else " unsure"
    words = f"{reading.digit}, {share}" + ("" if reading.sure else ", not sure")
    return (
        f'<li class="cell{doubt}" title="{words}"><img src="{png_source(digit.image)}" alt="" width="56" height="56">'
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
    return f"{said} {answers[0].text}" + (f"; a digit is not sure for {', '.join(doubts)}." if doubts else ".")
