import re

import numpy as np
import pytest

from digitlab.figures.confusion import confusion_figure
from digitlab.metrics.confusion import MODES, confusion_counts
from digitlab.metrics.predictions import Predictions
from tests.figures.conftest import check_finished


@pytest.mark.parametrize("mode", MODES)
def test_the_figure_has_a_title_named_axes_and_a_height(answers: Predictions, mode: str) -> None:
    check_finished(confusion_figure(confusion_counts(answers), mode))


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
