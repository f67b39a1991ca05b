"""The report's tables and pictures, as HTML."""

import math
from html import escape

import numpy as np

from digitlab.config import label_of
from digitlab.formats import count, interval, percent, png_address
from digitlab.glossary import OF_AN_EVALUATION, glossary, hint
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.summary import DigitScores, Headline
from digitlab.report.samples import Row


def headline_table(figures: Headline) -> str:
    """The headline figures, a row each."""
    summary = figures.summary
    auc = "–" if math.isnan(figures.auc) else f"{figures.auc:.4f}"
    rows = [
        ("Accuracy", f"{percent(summary.accuracy, 2)} (95 % interval {interval(summary.interval)}, Wilson)"),
        ("Mistakes", f"{count(summary.mistakes)} of {count(summary.images)} images"),
        ("Loss (mean cross-entropy)", f"{summary.loss:.4f} nats"),
        (
            "Macro precision, recall, F1",
            ", ".join(percent(x, 2) for x in (figures.precision, figures.recall, figures.f1)),
        ),
        ("Macro AUC", auc),
        ("Expected calibration error", percent(figures.calibration_error, 2)),
    ]
    return _table([], [[f"<b>{escape(name)}</b>", escape(value)] for name, value in rows])


def digits_table(rows: list[DigitScores]) -> str:
    """Scores per digit."""
    terms = [f'<span title="{escape(hint(term))}">{term}</span>' for term in ("precision", "recall", "F1", "AUC")]
    header = ["digit", "images", "mistakes", *terms]
    cells = [
        [
            str(row.digit),
            count(row.images),
            count(row.mistakes),
            percent(row.precision, 2),
            percent(row.recall, 2),
            percent(row.f1, 2),
            "–" if math.isnan(row.auc) else f"{row.auc:.4f}",
        ]
        for row in rows
    ]
    return _table(header, cells)


def settings_table(settings: dict[str, object]) -> str:
    """The training's settings."""
    return _table([], [[escape(label_of(name)), escape(str(value))] for name, value in settings.items()])


_TERMS = (*OF_AN_EVALUATION, "overfitting")


def terms_list() -> str:
    """What the report's terms mean, as the glossary has it; heading and first entries stay on one page."""
    terms = [f"<dt>{escape(term)}</dt><dd>{escape(glossary()[term])}</dd>" for term in _TERMS]
    first, others = "".join(terms[:2]), "".join(terms[2:])
    return f"<section><h2>What the terms mean</h2><dl>{first}</dl></section><dl>{others}</dl>"


def pictures(predictions: Predictions, images: np.ndarray, indices: np.ndarray) -> str:
    """Images with true and predicted digit. images: `uint8` of shape (N, 28, 28). indices: which to show, in order."""
    return '<div class="pictures">' + "".join(_picture(predictions, images[i], int(i)) for i in indices) + "</div>"


def sample_grid(predictions: Predictions, images: np.ndarray, rows: list[Row]) -> str:
    """A row of images for each digit, one of its mistakes set apart at the end. images: as for `pictures`."""
    return "".join(
        f'<div class="pictures row">{"".join(_picture(predictions, images[i], int(i)) for i in row.drawn)}'
        + ("" if row.mistake is None else f"<i></i>{_picture(predictions, images[row.mistake], row.mistake)}")
        + "</div>"
        for row in rows
    )


def _picture(predictions: Predictions, image: np.ndarray, index: int) -> str:
    true, said = int(predictions.labels[index]), int(predictions.predicted[index])
    shares = ", ".join(f"{digit}: {percent(share)}" for digit, share in enumerate(predictions.probabilities[index]))
    verdict, words = ("right", "read right") if true == said else ("wrong", f"read as {said}")
    return (
        f'<figure class="{verdict}" title="{shares}"><img src="{png_address(image)}" alt="A {true}, {words}">'
        f"<figcaption>{true} → {said}<br>{percent(predictions.confidence[index])}</figcaption></figure>"
    )


def _table(header: list[str], rows: list[list[str]]) -> str:
    head = f"<tr>{''.join(f'<th>{cell}</th>' for cell in header)}</tr>" if header else ""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{head}{body}</table>"
