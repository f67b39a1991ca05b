"""A run's evaluation as one self-contained HTML page: works offline, its figures are interactive, and it prints."""

import re
from datetime import date
from html import escape
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from digitlab import __version__
from digitlab.data.dataset import data_title
from digitlab.figures.calibration import coverage_figure, reliability_figure
from digitlab.figures.confusion import confusion_figure
from digitlab.figures.describe import describe_figure
from digitlab.figures.roc_pr import precision_recall_figure, roc_figure
from digitlab.figures.training import PANELS, curve_figure, points
from digitlab.formats import count, percent
from digitlab.metrics.calibration import accuracy_by_coverage, reliability, thinned_coverage
from digitlab.metrics.confusion import MODES, confusion_counts
from digitlab.metrics.curves import precision_recall_curves, roc_curves
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.summary import headline, per_class
from digitlab.report.findings import describe_all
from digitlab.report.samples import describe_samples, sample_rows
from digitlab.report.tables import digits_table, headline_table, pictures, sample_grid, settings_table, terms_list
from digitlab.runs.label import title_of
from digitlab.runs.run import Run
from digitlab.runs.scores import Scores, calibrated, read_doubt

_CSS = Path(__file__).with_name("page.css")
_CONFIG = {"displaylogo": False, "responsive": True, "modeBarButtonsToRemove": ["toImage", "select2d", "lasso2d"]}
_MOST_PICTURES = 40
_JS = Path(__file__).with_name("page.js")
_NO_IMAGES = "The images are not on the computer that wrote this report, so none are shown."


def write_report(run: Run, data: str, scores: Scores, images: np.ndarray | None = None) -> str:
    """The whole page, about 5 MB of HTML, nearly all of it plotly's script.

    data: what the images are, for people. scores: the run's, which are shown calibrated. images: `uint8` of shape
    (N, 28, 28), for the mistakes; None without them.
    Raises BadRun when the run's config, label, status or history cannot be read.
    """
    name = title_of(run)
    answers = calibrated(run, scores)
    body = "".join(
        [
            _head(run, name, data, scores),
            _figures(run, data, answers, scores),
            _samples(answers, images),
            _mistakes(answers, images),
        ]
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)} on {escape(data)} · digitlab</title><style>{_CSS.read_text(encoding='utf-8')}</style>"
        f"<script>{get_plotlyjs()}</script></head><body>{body}{_settings(run)}<script>{_JS.read_text(encoding='utf-8')}</script></body></html>"
    )


def _head(run: Run, name: str, data: str, scores: Scores) -> str:
    answers, temperature = calibrated(run, scores), read_doubt(run).temperature
    figures = headline(answers)
    found = describe_all(answers, _as_trained(scores), temperature, run.history, run.status.chosen_epoch)
    images = "1 image" if len(answers) == 1 else f"{count(len(answers))} images"
    return (
        f"<h1>{escape(name)}</h1>"
        f'<p class="quiet">{escape(run.config.model)}, trained on {escape(data_title(run.config.data))}, evaluated on '
        f"{escape(data)}: {images}. digitlab {__version__}, {date.today():%d %B %Y}.</p>"
        f'<p class="loud">{percent(figures.summary.accuracy, 2)}</p>{headline_table(figures)}'
        f"<h2>Findings</h2>{''.join(f'<p>{escape(paragraph)}</p>' for paragraph in found)}"
    )


def _as_trained(scores: Scores) -> Predictions:
    return Predictions(scores.logits, scores.labels)


def _figures(run: Run, data: str, answers: Predictions, scores: Scores) -> str:
    curves, recalls = roc_curves(answers), precision_recall_curves(answers)
    parts = [
        ("Confusion matrix", [confusion_figure(confusion_counts(answers), mode) for mode in MODES]),
        ("ROC", [roc_figure(curves, zoomed) for zoomed in (False, True)] if curves else []),
        ("Precision–recall", [precision_recall_figure(recalls, zoomed) for zoomed in (False, True)] if recalls else []),
        (
            "Calibration and coverage",
            [
                _reliability(run, answers, scores),
                coverage_figure(thinned_coverage(accuracy_by_coverage(answers))),
            ],
        ),
        ("Training", _training(run)),
    ]
    table = f'<h2>Each digit</h2><div class="scroll">{digits_table(per_class(answers))}</div>'
    return table + "".join(_section(title, f"{run.id}-{data}", plots) for title, plots in parts if plots)


def _section(title: str, about: str, plots: list[go.Figure]) -> str:
    """A heading that stays with the first of its figures."""
    first, *rest = [_plot(plot, about) for plot in plots]
    return f"<section><h2>{title}</h2>{first}</section>{''.join(rest)}"


def _reliability(run: Run, answers: Predictions, scores: Scores) -> go.Figure:
    if read_doubt(run).temperature == 1:
        return reliability_figure(reliability(answers), name="as trained")
    return reliability_figure(reliability(answers), reliability(_as_trained(scores)))


def _training(run: Run) -> list[go.Figure]:
    records, status = run.history, run.status
    if not records:
        return []
    steps = status.steps / max(run.config.epochs, 1)
    return [curve_figure(panel, points(panel, records, steps), status.chosen_epoch) for panel in PANELS[:2]]


def _plot(figure: go.Figure, about: str) -> str:
    """A figure and the buttons that save it. about: what it is of, for the file's name."""
    figure.update_layout(template="plotly_white")
    html = figure.to_html(full_html=False, include_plotlyjs=False, config=_CONFIG)
    title = str(figure.layout.title.text)
    file = "-".join(re.findall(r"[a-z0-9]+", f"digitlab {about} {title}".lower()))
    buttons = "".join(
        f'<button type="button" value="{kind.lower()}" aria-label="Save {escape(title)} as {kind}">{kind}</button>'
        for kind in ("PNG", "SVG")
    )
    return (
        f'<div class="plot" role="figure" aria-label="{escape(describe_figure(figure))}" data-file="{escape(file)}">'
        f'{html}<p class="save">Save as {buttons}</p></div>'
    )


def _samples(predictions: Predictions, images: np.ndarray | None) -> str:
    rows = sample_rows(predictions)
    if images is None:
        return f"<h2>Samples</h2><p>{_NO_IMAGES}</p>"
    words = f'<p class="quiet">{describe_samples(predictions, rows)}</p>'
    return f"<h2>Samples</h2>{words}{sample_grid(predictions, images, rows)}"


def _mistakes(predictions: Predictions, images: np.ndarray | None) -> str:
    wrong = predictions.select("wrong")[:_MOST_PICTURES]
    if not len(wrong) or images is None:
        return ""
    words = f"The {len(wrong)} most confident ones: true digit → predicted digit, and the probability of the latter."
    return f'<h2>Mistakes</h2><p class="quiet">{words}</p>{pictures(predictions, images, wrong)}'


def _settings(run: Run) -> str:
    settings = {**run.config.to_dict(), "parameters": run.results.get("parameters", "")}
    for name, chosen in run.results.get("computed", {}).items():
        settings[name] = chosen if settings[name] == chosen else f"{settings[name]} ({chosen})"
    return f"<h2>Settings of the training</h2>{settings_table(settings)}{terms_list()}"
