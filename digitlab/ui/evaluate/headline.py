"""The row of headline figures."""

import math
from html import escape
from pathlib import Path

from digitlab.formats import count, interval, percent
from digitlab.glossary import hint
from digitlab.metrics.summary import Headline, headline
from digitlab.ui.components.live_html import live_html
from digitlab.ui.shared.scored import Scored

_show = live_html("digitlab.headline", Path(__file__).with_name("headline.css"))


def show_headline(scored: Scored) -> None:
    """Accuracy with its interval, mistakes, loss, macro figures, calibration error."""
    figures: Headline = scored.compute(headline)
    cells = "".join(_cell(name, value, words) for name, value, words in headline_cells(figures))
    _show(f'<dl class="headline">{cells}</dl>', "headline")


def headline_cells(figures: Headline) -> list[tuple[str, str, str]]:
    """Name, value and explanation of each figure; the names are terms of the glossary."""
    summary = figures.summary
    return [
        ("accuracy", percent(summary.accuracy, 2), f"95 % interval {interval(summary.interval)}"),
        ("mistakes", count(summary.mistakes), f"of {count(summary.images)} images"),
        ("loss", f"{summary.loss:.4f}", "mean cross-entropy, in nats"),
        ("precision", percent(figures.precision, 2), "macro: mean over the digits"),
        ("recall", percent(figures.recall, 2), "macro: mean over the digits"),
        ("F1", percent(figures.f1, 2), "macro: mean over the digits"),
        ("AUC", "–" if math.isnan(figures.auc) else f"{figures.auc:.4f}", "macro, each digit against the rest"),
        ("calibration error", percent(figures.calibration_error, 2), "mean gap between confidence and accuracy"),
    ]


def _cell(name: str, value: str, words: str) -> str:
    return (
        f'<div><dt title="{escape(hint(name))}">{escape(name)}</dt><dd>{escape(value)}</dd>'
        f'<dd class="words">{escape(words)}</dd></div>'
    )
