"""A run's evaluation as one self-contained HTML page: works offline, its figures are interactive, and it prints."""

from datetime import date
from html import escape
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from digitlab import __version__
from digitlab.figures.calibration import reliability_figure
from digitlab.figures.confusion import confusion_figure
from digitlab.figures.coverage import coverage_figure
from digitlab.figures.curves import curve_figure
from digitlab.figures.numbers import count, percent
from digitlab.figures.panels import PANELS, points
from digitlab.figures.precision_recall import precision_recall_figure
from digitlab.figures.roc import roc_figure
from digitlab.metrics.calibration import reliability
from digitlab.metrics.confusion import confusion_counts
from digitlab.metrics.coverage import accuracy_by_coverage, thinned_coverage
from digitlab.metrics.headline import headline
from digitlab.metrics.per_class import per_class
from digitlab.metrics.precision_recall import precision_recall_curves
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.roc import roc_curves
from digitlab.reporting.findings import describe_all
from digitlab.reporting.tables import digits_table, headline_table, pictures, settings_table
from digitlab.runs.run import Run

_CSS = Path(__file__).parent / "reporting" / "report.css"
_MOST_PICTURES = 40
_FITS = """
addEventListener("beforeprint", () => {
  for (const plot of document.querySelectorAll(".js-plotly-plot")) Plotly.Plots.resize(plot);
});
"""
_NO_IMAGES = "The images are not on the computer that wrote this report, so the mistakes are not shown."


def write_report(run: Run, data: str, predictions: Predictions, images: np.ndarray | None = None) -> str:
    """The whole page, about 5 MB of HTML, nearly all of it plotly's script.

    data: what the images are, for people. images: `uint8` of shape (N, 28, 28), for the mistakes; None without them.
    Raises BadRun when the run's config, status or history cannot be read.
    """
    name = run.config.name or run.id
    body = "".join([_head(run, name, data, predictions), _figures(run, predictions), _mistakes(predictions, images)])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)} on {escape(data)} · digitlab</title><style>{_CSS.read_text(encoding='utf-8')}</style>"
        f"<script>{get_plotlyjs()}</script></head><body>{body}{_settings(run)}<script>{_FITS}</script></body></html>"
    )


def _head(run: Run, name: str, data: str, predictions: Predictions) -> str:
    figures = headline(predictions)
    found = describe_all(predictions, run.history, run.status.best_epoch)
    images = "1 image" if len(predictions) == 1 else f"{count(len(predictions))} images"
    return (
        f"<h1>{escape(name)}</h1>"
        f'<p class="quiet">{escape(run.config.model)}, trained on {escape(run.config.data)}, evaluated on '
        f"{escape(data)}: {images}. digitlab {__version__}, {date.today():%d %B %Y}.</p>"
        f'<p class="loud">{percent(figures.summary.accuracy, 2)}</p>{headline_table(figures)}'
        f"<h2>Findings</h2>{''.join(f'<p>{escape(paragraph)}</p>' for paragraph in found)}"
    )


def _figures(run: Run, predictions: Predictions) -> str:
    curves, recalls = roc_curves(predictions), precision_recall_curves(predictions)
    several = [roc_figure(curves), roc_figure(curves, zoomed=True), precision_recall_figure(recalls, zoomed=True)]
    parts = [
        ("Confusion", [confusion_figure(confusion_counts(predictions), mode) for mode in ("counts", "shares")]),
        ("ROC and precision–recall", several if curves else []),
        (
            "Calibration and coverage",
            [
                reliability_figure(reliability(predictions)),
                coverage_figure(thinned_coverage(accuracy_by_coverage(predictions))),
            ],
        ),
        ("Training", _training(run)),
    ]
    table = f'<h2>Each digit</h2><div class="scroll">{digits_table(per_class(predictions))}</div>'
    return table + "".join(f"<h2>{title}</h2>{''.join(map(_plot, plots))}" for title, plots in parts if plots)


def _training(run: Run) -> list[go.Figure]:
    records, status = run.history, run.status
    if not records:
        return []
    steps = status.steps / max(run.config.epochs, 1)
    return [curve_figure(panel, points(panel, records, steps), status.best_epoch) for panel in PANELS[:2]]


def _plot(figure: go.Figure) -> str:
    figure.update_layout(template="plotly_white")
    html = figure.to_html(full_html=False, include_plotlyjs=False, config={"displaylogo": False, "responsive": True})
    return f'<div class="plot">{html}</div>'


def _mistakes(predictions: Predictions, images: np.ndarray | None) -> str:
    wrong = predictions.select("wrong")[:_MOST_PICTURES]
    if not len(wrong):
        return ""
    shown = pictures(predictions, images, wrong) if images is not None else f"<p>{_NO_IMAGES}</p>"
    words = f"The {len(wrong)} most confident ones: true digit → predicted digit, and its probability."
    return f'<h2>Mistakes</h2><p class="quiet">{words}</p>{shown}'


def _settings(run: Run) -> str:
    settings = {**run.config.to_dict(), "parameters": run.results.get("parameters", "")}
    return f"<h2>Settings of the training</h2>{settings_table(settings)}"
