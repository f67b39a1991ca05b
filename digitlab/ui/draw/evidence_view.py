"""Softmax regression's evidence: ten pictures, one of them large, and its sum so that it can be checked by hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from digitlab.explain.evidence import LogitSum
from digitlab.figures.style import limit_of
from digitlab.formats import adding_up, count, signed
from digitlab.reading.why import FOLLOW, SECOND, WhyDigit
from digitlab.ui.components.live import Shown
from digitlab.ui.components.signed_map import asking, large_map, scale, small_map
from digitlab.ui.draw.why import choose, digit_buttons, framed, nothing

_LISTED = 10
"""Pixels in the sum; the others are one line."""


def live_evidence(value: WhyDigit | None, models: Sequence[Shown], _without: Collection[str]) -> dict[str, Any]:
    """The view's value as the browser gets it."""
    if value is None:
        return nothing("evidence")
    shown, pixels = value.sum, value.evidence.pixels
    limit = limit_of(np.append(pixels, shown.pixels))
    logits = [value.evidence.sum_of(digit).total for digit in range(len(pixels))]
    tiles = digit_buttons(logits, [small_map(one, limit) for one in pixels], value.digit, value.chosen, FOLLOW)
    name = _name(value)
    picture = large_map(
        shown.weights,
        limit,
        f"What each pixel adds to {name}",
        "Point at a pixel, or tap it, to read ink × weight.",
        ink=shown.ink,
    )
    body = (
        f'{tiles}{_rivals(value)}<div class="two"><div class="large">{picture}'
        f"{scale(limit, f'ink × weight: {_against(value)} (blue) or for {value.digit} (red)')}</div>"
        f"<div>{_in_words(shown, value)}{sum_html(shown, name, value.is_whole)}</div></div>"
    )
    return {"html": framed("what each pixel adds", body, models, value.models, value.model), "next": None}


def sum_html(shown: LogitSum, name: str, is_whole: bool) -> str:
    """The sum as a table: the strongest pixels, or all, then the others, the bias and the total. name: of the total."""
    listed = shown.strongest if is_whole else shown.strongest[:_LISTED]
    others = len(shown.strongest) - len(listed)
    parts = [float(shown.pixels[at]) for at in listed]
    rest = shown.total - shown.bias - sum(parts)
    *parts, rest, bias = adding_up([*parts, rest, shown.bias] if others else [*parts, 0.0, shown.bias])
    lines = [
        f"<tr><td>row {row + 1}, column {column + 1}</td><td>{shown.ink[row, column]:.3f}</td>"
        f"<td>{signed(float(shown.weights[row, column]))}</td><td>{signed(part)}</td></tr>"
        for (row, column), part in zip(listed, parts, strict=True)
    ]
    if others:
        lines.append(_line(f"the other {count(others)} pixels with ink", rest))
    lines += [
        _line("bias: without any ink", bias),
        f'<tr class="total"><th scope="row" colspan="3">{name}</th><td>{signed(sum(parts) + rest + bias)}</td></tr>',
    ]
    words = f"Only the {_LISTED} strongest" if is_whole else f"All {count(len(shown.strongest))} pixels"
    return (
        '<table class="sum"><thead><tr><th scope="col">pixel</th><th scope="col">ink</th><th scope="col">× weight</th>'
        f'<th scope="col">=</th></tr></thead><tbody>{"".join(lines)}</tbody></table>'
        f'<p><button type="button" {asking({"whole": not is_whole})}>{words}</button></p>'
        '<p class="quiet">Rounded so that the shown numbers add up exactly: each is off by less than 0.01. Ink goes '
        "from 0 to 1. The model first shifts and scales all pixels; that is worked into weights and bias here.</p>"
    )


def _line(words: str, part: float) -> str:
    return f'<tr><td colspan="3">{words}</td><td>{signed(part)}</td></tr>'


def _in_words(shown: LogitSum, value: WhyDigit) -> str:
    inked = len(shown.strongest)
    speak_for = int((shown.pixels > 0).sum())
    question = f"Why {value.digit}?" if value.rival is None else f"Why {value.digit} and not {value.rival}?"
    return (
        f"<h4>{question}</h4><p>{count(inked)} of {count(shown.ink.size)} pixels have ink: {count(speak_for)} speak "
        f"for {value.digit}, {count(inked - speak_for)} {_against(value)}. For this model the sum is exact; it does "
        "not say whether the model is right.</p>"
    )


def _against(value: WhyDigit) -> str:
    return f"against {value.digit}" if value.rival is None else f"for {value.rival}"


def _name(value: WhyDigit) -> str:
    if value.rival is None:
        return f"the logit of {value.digit}"
    return f"the logit of {value.digit} minus that of {value.rival}"


def _rivals(value: WhyDigit) -> str:
    buttons = [
        ("no other", {"rival": FOLLOW}, value.rival is None),
        ("the second", {"rival": SECOND}, value.chosen_rival == SECOND),
    ]
    digits = [digit for digit in range(len(value.evidence.pixels)) if digit != value.digit]
    buttons += [(str(digit), {"rival": digit}, digit == value.rival) for digit in digits]
    return choose(
        "and not", "The digit to compare with: the difference of the two logits is then taken apart.", buttons
    )
