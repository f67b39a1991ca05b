"""Which parts of the drawing a network looks at: three methods, and what each can and cannot say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitlab.explain.saliency import WINDOW
from digitlab.figures.style import limit_of
from digitlab.formats import count, signed
from digitlab.reading.why import FOLLOW, WhyParts
from digitlab.ui.components.live import Shown
from digitlab.ui.components.signed_map import large_map, scale
from digitlab.ui.draw.why import choose, digit_buttons, framed, nothing


@dataclass(frozen=True)
class _Words:
    """What a method is called, what its colours mean, and what it can and cannot say."""

    title: str
    meaning: str
    can: str
    cannot: str


_METHODS: Mapping[str, _Words] = {
    "integrated-gradients": _Words(
        "Integrated gradients",
        "share of the logit's rise: against the digit (blue) or for it (red)",
        "Shares out, pixel by pixel, how far the logit rises from a black image to this one: the shares add up to the "
        "rise (Sundararajan et al. 2017).",
        "Pixels without ink get nothing, though a gap may matter. Even with random weights it looks like the drawing, "
        "because it multiplies by the ink (Adebayo et al. 2018): read the colours, not the shape.",
    ),
    "occlusion": _Words(
        "Occlusion",
        "fall of the logit when a window is wiped out: it rises (blue) or falls (red)",
        "Tries it out: so far does the logit fall when the ink in a window is wiped away (Zeiler and Fergus 2014).",
        "Finds nothing smaller than its window, and overlooks parts that can stand in for one another. A digit with a "
        "hole may be unlike all that the network has learned from.",
    ),
    "grad-cam": _Words(
        "Grad-CAM",
        "speaks for the digit: little (pale) to much (red)",
        "Shows roughly where the last feature maps found what raises this digit (Selvaraju et al. 2017); with random "
        "weights the picture changes, as it should (Adebayo et al. 2018).",
        "Only what speaks for the digit, in coarse cells drawn over the image: no single strokes, and no numbers that "
        "add up to the logit.",
    ),
}


_HELP = "Three ways to ask which parts count. They answer different questions, so they differ."


def live_saliency(value: WhyParts | None, models: Sequence[Shown], _without: Collection[str]) -> dict[str, Any]:
    """The view's value as the browser gets it, and what it is to ask when the pen rests."""
    if value is None:
        return nothing("saliency")
    words, found = _METHODS[value.method], value.saliency
    limit = limit_of(found.values)
    methods = [(_METHODS[one].title, {"method": one}, one == value.method) for one in value.methods]
    picture = large_map(
        found.values,
        limit,
        f"{words.title} for {value.digit}",
        "Point at a pixel, or tap it, to read its value.",
        outlined=value.image,
    )
    body = (
        f"{choose('Method', _HELP, methods)}"
        f"{digit_buttons(value.logits.tolist(), (), value.digit, value.chosen, FOLLOW)}"
        f'<div class="two"><div class="large">{picture}'
        f"{scale(limit, words.meaning, is_signed=value.method != 'grad-cam')}</div>"
        f"<div><h4>{words.title}: why {value.digit}?</h4><p>{_facts(value)}{_one_look(value)}</p>"
        f"{_progress(value)}"
        f"<p><b>It can say:</b> {words.can}</p><p><b>It cannot say:</b> {words.cannot}</p></div></div>"
    )
    more = {"of": value.of, "stage": value.stage + 1} if value.stage < value.stages else None
    return {"html": framed("which parts count", body, models, value.models, value.model), "next": more}


def _facts(value: WhyParts) -> str:
    """What was computed, in numbers; for integrated gradients whether they add up."""
    found, digit = value.saliency, value.digit
    if value.method == "occlusion":
        return (
            f"{count(found.cells**2)} windows of {WINDOW}×{WINDOW} pixels; {count(found.passes)} of them hold ink and "
            f"were wiped to black, one after another. The logit of {digit} is {signed(found.logit)}."
        )
    if value.method == "grad-cam":
        cells = f"{found.cells}×{found.cells}"
        return f"Computed in {cells} cells from the last feature maps. The logit of {digit} is {signed(found.logit)}."
    blank, logit, total = (round(value, 2) for value in (found.blank, found.logit, float(found.values.sum())))
    rise = logit - blank  # of the rounded ones, so that what is shown agrees
    return (
        f"The logit of {digit} is {signed(blank)} for a black image and {signed(logit)} for this one: "
        f"it rises by {signed(rise)}. All pixels together have {signed(total)}. The difference of "
        f"{signed(total - rise)} is due to computing in {found.passes} steps."
    )


def _one_look(value: WhyParts) -> str:
    return " This model looks several times; this explains its look at the image as it is." if value.is_one_look else ""


def _progress(value: WhyParts) -> str:
    """How finely it was computed so far: its place is kept, so that nothing jumps."""
    if not value.stages:
        return ""
    done = value.stage == value.stages
    words = "As fine as it gets." if done else "Coarse while the pen moves; it becomes finer when the pen rests."
    return (
        f'<p class="progress"><progress max="{value.stages + 1}" value="{value.stage + 1}" '
        f'aria-label="How finely it was computed"></progress><span>{words}</span></p>'
    )
