from collections.abc import Callable

from digitlab.compare.costs import costs_of
from digitlab.predictor import Predictor
from digitlab.runs.run import Run


def test_costs_are_measured_on_the_run_itself(make_run: Callable[..., Run]) -> None:
    run = make_run(model="softmax")
    costs = costs_of(run, Predictor(run))
    assert costs.parameters == 7850
    assert costs.bytes == run.weights.stat().st_size
    assert costs.seconds is None
    assert 0 < costs.milliseconds < 1000
