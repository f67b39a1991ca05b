from digitlab.figures.calibration import coverage_figure, reliability_figure
from digitlab.metrics.calibration import accuracy_by_coverage, reliability
from digitlab.metrics.predictions import Predictions, tempered
from tests.figures.conftest import check_finished


def test_the_figures_have_titles_named_axes_and_heights(answers: Predictions) -> None:
    check_finished(reliability_figure(reliability(answers), reliability(tempered(answers, 2.0))))
    check_finished(coverage_figure(accuracy_by_coverage(answers)))


def test_the_model_as_trained_stays_in_sight_at_another_temperature(answers: Predictions) -> None:
    now, as_trained = reliability(tempered(answers, 2.0)), reliability(answers)
    figure = reliability_figure(now, as_trained)
    assert [trace.name for trace in figure.data if trace.name] == ["as trained", "calibrated"]
    assert list(figure.data[1].y) == as_trained.accuracy.tolist()
    assert list(figure.data[2].y) == now.accuracy.tolist()


def test_what_is_shown_is_called_as_the_caller_says(answers: Predictions) -> None:
    figure = reliability_figure(reliability(answers), name="this temperature")
    assert [trace.name for trace in figure.data if trace.name] == ["this temperature"]
