"""The figures of the evaluation: what is in them, not how it looks."""

import re

import numpy as np
import plotly.graph_objects as go
import pytest

from digitlab.figures.calibration import reliability_figure
from digitlab.figures.confusion import confusion_figure
from digitlab.figures.coverage import coverage_figure
from digitlab.figures.precision_recall import precision_recall_figure
from digitlab.figures.roc import roc_figure
from digitlab.metrics.calibration import reliability, tempered
from digitlab.metrics.confusion import MODES, confusion_counts
from digitlab.metrics.coverage import accuracy_by_coverage
from digitlab.metrics.precision_recall import precision_recall_curves
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.roc import roc_curves


@pytest.fixture
def answers() -> Predictions:
    random = np.random.default_rng(3)
    labels = random.integers(0, 10, 600)
    return Predictions(random.normal(0, 1, (600, 10)) + 3 * np.eye(10)[labels], labels)


def all_figures(answers: Predictions) -> list[go.Figure]:
    return [
        *(confusion_figure(confusion_counts(answers), mode) for mode in MODES),
        roc_figure(roc_curves(answers)),
        roc_figure(roc_curves(answers), zoomed=True),
        precision_recall_figure(precision_recall_curves(answers)),
        precision_recall_figure(precision_recall_curves(answers), zoomed=True),
        reliability_figure(reliability(answers), reliability(tempered(answers, 2.0))),
        coverage_figure(accuracy_by_coverage(answers)),
    ]


def test_every_figure_has_a_title_named_axes_and_a_height(answers: Predictions) -> None:
    for figure in all_figures(answers):
        layout = figure.layout
        assert 0 < len(layout.title.text) <= 42  # longer ones are cut off on a phone
        assert layout.height
        names = [axis.title.text for axis in (*figure.select_xaxes(), *figure.select_yaxes())]
        assert len([name for name in names if name]) >= 2


def test_a_matrix_of_right_answers_alone_can_be_drawn() -> None:
    for mode in MODES:
        confusion_figure(np.diag([3] * 10), mode).to_json()


@pytest.mark.parametrize("mode", MODES)
def test_every_cell_can_be_clicked_and_tells_its_numbers(answers: Predictions, mode: str) -> None:
    counts = confusion_counts(answers)
    points = confusion_figure(counts, mode).data[-1]
    assert len(points.x) == 100
    for x, y, cell, words in zip(points.x, points.y, points.customdata, points.hovertext, strict=True):
        assert (y, x) == tuple(cell)
        assert str(int(re.findall(r"<br>([\d,]+) image", words)[0].replace(",", ""))) == str(counts[tuple(cell)])


def test_errors_alone_leave_the_diagonal_out(answers: Predictions) -> None:
    counts = confusion_counts(answers)
    (cells,) = confusion_figure(counts, "errors").select_traces({"type": "heatmap"})
    assert np.isnan(np.diag(np.array(cells.z, float))).all()
    assert np.nansum(np.array(cells.z, float)) == counts.sum() - np.trace(counts)


def test_the_shares_of_each_row_add_up(answers: Predictions) -> None:
    heatmaps = confusion_figure(confusion_counts(answers), "shares").select_traces({"type": "heatmap"})
    total = sum(np.nan_to_num(np.array(cells.z, float)) for cells in heatmaps)
    assert np.allclose(np.sum(total, axis=1), 1)


def test_the_chosen_cell_is_framed() -> None:
    (frame,) = confusion_figure(np.eye(10, dtype=int), chosen=(4, 9)).layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (8.5, 9.5, 3.5, 4.5)


def test_the_legend_tells_each_area(answers: Predictions) -> None:
    curves = roc_curves(answers)
    names = [trace.name for trace in roc_figure(curves).data if trace.name]
    assert names == [f"{curve.name.removesuffix(' average')}: AUC {curve.area:.4f}" for curve in curves]
    assert len(names) == 12


def test_the_zoom_shows_false_positive_rates_up_to_one_percent(answers: Predictions) -> None:
    low, high = roc_figure(roc_curves(answers), zoomed=True).layout.xaxis.range
    assert (low, high) == (0, pytest.approx(0.01, rel=0.02))


def test_the_model_as_trained_stays_in_sight_at_another_temperature(answers: Predictions) -> None:
    figure = reliability_figure(reliability(tempered(answers, 2.0)), reliability(answers))
    assert [trace.name for trace in figure.data if trace.name] == ["as trained", "this temperature"]
