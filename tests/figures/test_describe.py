"""Figures in words."""

import numpy as np

from digitlab.figures.calibration import coverage_figure
from digitlab.figures.describe import describe_curves, describe_figure
from digitlab.figures.overlay import Compared, overlaid_loss, recall_differences
from digitlab.figures.roc_pr import roc_figure
from digitlab.figures.training import PANELS, Point, curve_figure
from digitlab.metrics.calibration import Coverage
from digitlab.metrics.curves import MACRO, Curve

LOSS, ACCURACY, *_ = PANELS
POINTS = [Point(1.0, 91.0, "training"), Point(1.0, 92.5, "validation"), Point(2.0, 93.25, "training")]


def test_a_chart_that_grows_is_said_by_its_last_values() -> None:
    said = describe_curves(ACCURACY, {"mine": POINTS})
    assert said == "Accuracy over the epochs. Last values: training 93.25 % at epoch 2; validation 92.5 % at epoch 1."


def test_of_several_runs_each_is_named_and_before_the_first_point_there_are_no_values() -> None:
    assert "Last values: a, training 93.25 % at epoch 2;" in describe_curves(ACCURACY, {"a": POINTS, "b": []})
    assert describe_curves(LOSS, {"a": []}) == "Loss over the epochs. No values yet."


def test_curves_over_epochs_say_where_they_end() -> None:
    said = describe_figure(curve_figure(ACCURACY, POINTS, 1))
    assert said == "Accuracy. Across: epoch. Up: %. Values: training 93.25 at epoch 2; validation 92.5 at epoch 1."
    both = overlaid_loss([Compared("cnn", "#000000", [{"epoch": 3, "validation_loss": 0.125}])])
    assert "cnn, validation 0.125 at epoch 3" in describe_figure(both)


def test_a_curve_without_a_name_says_both_of_its_ends() -> None:
    coverage = Coverage(share=np.array([0.5, 1.0]), accuracy=np.array([1.0, 0.9]), least=np.array([0.8, 0.2]))
    assert "Values: from 100 % at 50 % to 90 % at 100 %." in describe_figure(coverage_figure(coverage))


def test_roc_curves_say_their_areas_and_not_the_line_to_compare_with() -> None:
    curve = Curve(MACRO, np.array([0.0, 1.0]), np.array([0.0, 1.0]), 0.75)
    said = describe_figure(roc_figure([curve]))
    assert said.endswith(
        "Across: false positive rate. Up: true positive rate. area under the curve (AUC): macro: 0.7500."
    )


def test_bars_are_said_one_by_one() -> None:
    figure = recall_differences(Compared("a", "#000000"), Compared("b", "#111111"), {0: 0.9, 1: 0.5}, {0: 0.5, 1: 0.75})
    said = describe_figure(figure)
    assert "a finds more (0: -40); b finds more (1: 25)." in said
