from collections.abc import Callable

import pytest

from digitlab.sweeps.charts import (
    importance_chart,
    marked,
    measure_of,
    parallel_chart,
    scales_of,
    slice_charts,
    spread_chart,
    time_chart,
)
from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import Trial, read_trials


@pytest.fixture
def trials(make_sweep: Callable[..., Sweep]) -> list[Trial]:
    tried = [({"learning_rate": 0.01 * (n + 1), "batch_size": 32 if n else 64}, (0.1 * n, 0.3)) for n in range(4)]
    return read_trials(make_sweep(tried, seconds=(4.0, 3.0, 2.0, 1.0)))


def test_axes_are_logarithmic_or_in_words_as_the_plan_has_them(make_plan: Callable[..., SweepPlan]) -> None:
    rate, size = scales_of(make_plan()).values()
    assert (rate.label, rate.log, rate.words) == ("Learning rate", True, ())
    assert (size.label, size.log, size.words) == ("Batch size", False, ("32", "64"))
    assert (measure_of(Objective.LOSS).rises, measure_of(Objective.ACCURACY).rises) == (False, True)


def test_every_figure_has_its_words(trials: list[Trial], make_plan: Callable[..., SweepPlan]) -> None:
    plan = make_plan(seeds=2)
    slices = slice_charts(plan, trials)
    assert list(slices) == ["learning_rate", "batch_size"]
    assert "Best: trial 1, Learning rate 0.01, Batch size 64: 0.15" in parallel_chart(plan, trials).said
    assert list(slices["learning_rate"].figure.data[0].customdata) == [1, 2, 3, 4]
    assert "along Learning rate" in slices["learning_rate"].said
    assert time_chart(trials).said.endswith("trial 1, 85.00 % in 4 s.")
    assert "trial 1, mean 0.15, standard deviation 0.2121, 2 seeds" in spread_chart(plan, trials).said
    assert "Batch size 25 %" in importance_chart({"learning_rate": 0.75, "batch_size": 0.25}).said


def test_picked_trials_are_marked_in_a_figure_and_named_in_its_words(
    trials: list[Trial], make_plan: Callable[..., SweepPlan]
) -> None:
    plan = make_plan(seeds=2)
    chart = marked(spread_chart(plan, trials), [2, 3])
    assert chart.figure.data[-1].name == "picked"
    assert chart.said.endswith("Picked: trials 2, 3.")
    assert marked(time_chart(trials), [4]).said.endswith("Picked: trial 4.")
    assert marked(time_chart(trials), []) == time_chart(trials)
