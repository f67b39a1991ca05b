import pytest

from digitlab.figures.roc_pr import precision_recall_figure, roc_figure
from digitlab.metrics.curves import precision_recall_curves, roc_curves
from digitlab.metrics.predictions import Predictions
from tests.figures.conftest import check_finished


@pytest.mark.parametrize("zoomed", [False, True])
def test_the_figures_have_titles_named_axes_and_heights(answers: Predictions, zoomed: bool) -> None:
    check_finished(roc_figure(roc_curves(answers), zoomed=zoomed))
    check_finished(precision_recall_figure(precision_recall_curves(answers), zoomed=zoomed))


def test_the_legend_tells_each_area(answers: Predictions) -> None:
    curves = roc_curves(answers)
    names = [trace.name for trace in roc_figure(curves).data if trace.name]
    assert names == [f"{curve.name.removesuffix(' average')}: AUC {curve.area:.4f}" for curve in curves]
    assert len(names) == 12


def test_the_zoom_shows_false_positive_rates_up_to_one_percent(answers: Predictions) -> None:
    low, high = roc_figure(roc_curves(answers), zoomed=True).layout.xaxis.range
    assert (low, high) == (0, pytest.approx(0.01, rel=0.02))
