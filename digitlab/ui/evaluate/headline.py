"""The row of headline figures."""

import math
from html import escape
from pathlib import Path

from digitlab.figures.numbers import count, percent
from digitlab.metrics.headline import Headline, headline
from digitlab.ui.evaluate.subject import Subject
from digitlab.ui.live_html import live_html

_show = live_html("digitlab.headline", (Path(__file__).parent / "headline.css").read_text(encoding="utf-8"))


def show_headline(subject: Subject) -> None:
    """Accuracy with its interval, mistakes, loss, macro figures, calibration error."""
    figures: Headline = subject.numbers(headline)
    cells = "".join(_cell(name, value, words) for name, value, words in headline_cells(figures))
    _show(f'<dl class="headline">{cells}</dl>', "headline")


def headline_cells(figures: Headline) -> list[tuple[str, str, str]]:
    """Name, value and explanation of each figure."""
    summary = figures.summary
    low, high = summary.interval
    return [
        ("accuracy", percent(summary.accuracy, 2), f"95 % interval {100 * low:.2f} to {percent(high, 2)}"),
        ("mistakes", count(summary.mistakes), f"of {count(summary.images)} images"),
        ("loss", f"{summary.loss:.4f}", "mean cross-entropy, in nats"),
        ("precision", percent(figures.precision, 2), "macro: mean over the digits"),
        ("recall", percent(figures.recall, 2), "macro: mean over the digits"),
        ("F1", percent(figures.f1, 2), "macro: mean over the digits"),
        ("AUC", "–" if math.isnan(figures.auc) else f"{figures.auc:.4f}", "macro, each digit against the rest"),
        ("calibration error", percent(figures.calibration_error, 2), "mean gap of confidence and accuracy"),
    ]


def _cell(name: str, value: str, words: str) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><p>{escape(words)}</p></div>"
