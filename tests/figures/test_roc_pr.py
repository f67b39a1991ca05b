import numpy as np
import pytest

from digitlab.figures.roc_pr import (
    fit_precision_recall_corner,
    fit_roc_corner,
    precision_recall_figure,
    roc_figure,
)
from digitlab.figures.style import DIGITS, GUIDE
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
    assert names == [f"{curve.name.removesuffix(' average')}: {curve.area:.4f}" for curve in curves]
    assert "AUC" in roc_figure(curves).layout.legend.title.text
    assert len(names) == 12


def test_the_zoom_shows_false_positive_rates_up_to_one_percent(answers: Predictions) -> None:
    low, high = roc_figure(roc_curves(answers), zoomed=True).layout.xaxis.range
    assert (low, high) == (0, pytest.approx(0.01, rel=0.02))


def test_an_average_has_a_colour_that_no_digit_and_no_guide_has(answers: Predictions) -> None:
    curves = {trace.name.partition(":")[0]: trace.line for trace in roc_figure(roc_curves(answers)).data if trace.name}
    for name in ("micro", "macro"):
        assert curves[name].color not in (*DIGITS, GUIDE)


def test_only_a_good_model_fits_the_corners() -> None:
    labels = np.arange(400) % 10
    good = Predictions(8 * np.eye(10)[labels], labels)
    noise = np.random.default_rng(1).normal(0, 1, (400, 10))
    poor = Predictions(np.eye(10)[labels] + noise, labels)
    assert fit_roc_corner(roc_curves(good)) and fit_precision_recall_corner(precision_recall_curves(good))
    assert not fit_roc_corner(roc_curves(poor)) and not fit_precision_recall_corner(precision_recall_curves(poor))


@pytest.mark.parametrize("zoomed", [False, True])
def test_the_title_says_whether_the_figure_is_zoomed(answers: Predictions, zoomed: bool) -> None:
    figures = (
        roc_figure(roc_curves(answers), zoomed),
        precision_recall_figure(precision_recall_curves(answers), zoomed),
    )
    assert [("zoomed" in figure.layout.title.text) for figure in figures] == [zoomed, zoomed]
