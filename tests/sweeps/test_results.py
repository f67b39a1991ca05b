from collections.abc import Callable

import pytest

from digitlab.errors import NotInstalled
from digitlab.sweeps import results
from digitlab.sweeps.journal import Ending, tell_ending
from digitlab.sweeps.plan import Objective
from digitlab.sweeps.results import importance, pareto, ranked, spread
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import read_trials

MakeSweep = Callable[..., Sweep]


def setting(rate: float, size: int = 32) -> dict[str, float]:
    return {"learning_rate": rate, "batch_size": size}


@pytest.fixture
def sweep(make_sweep: MakeSweep) -> Sweep:
    """Five trials; the last is the best and was stopped early."""
    tried = [(0.01, 0.5, 0.7), (0.02, 0.2, 0.3), (0.03, 0.4, 0.4), (0.04, 0.2, 0.3), (0.05, 0.0, 0.0)]
    made = make_sweep([(setting(rate), (a, b)) for rate, a, b in tried], seconds=(1.0, 9.0, 2.0, 3.0, 0.5))
    tell_ending(made.journal, 5, Ending.PRUNED)
    return made


def test_trials_that_are_done_are_ranked_the_best_first(sweep: Sweep) -> None:
    trials = read_trials(sweep)
    assert [trial.number for trial in ranked(trials, Objective.LOSS)] == [2, 4, 3, 1]
    assert [trial.number for trial in ranked(trials, Objective.ACCURACY)] == [2, 4, 3, 1]


def test_the_spread_is_the_standard_deviation_of_a_sample(sweep: Sweep, make_sweep: MakeSweep) -> None:
    found = spread(read_trials(sweep), Objective.LOSS)
    assert [one.trial.number for one in found] == [2, 4, 3, 1]
    assert found[0].mean == pytest.approx(0.25)
    assert found[0].deviation == pytest.approx(0.1 / 2**0.5)
    assert found[0].values == pytest.approx((0.2, 0.3))
    (alone,) = spread(read_trials(make_sweep([(setting(0.01), (0.5,))])), Objective.LOSS)
    assert (alone.deviation, alone.values) == (0.0, (0.5,))


def test_the_front_holds_what_no_quicker_trial_beats(sweep: Sweep) -> None:
    assert [trial.number for trial in pareto(read_trials(sweep))] == [1, 3, 4]


def test_the_hyperparameter_that_decides_is_the_important_one(make_sweep: MakeSweep) -> None:
    tried = [(setting(0.001 * (index + 1), 32 if index % 2 else 64), (index / 12,)) for index in range(12)]
    made = make_sweep(tried)
    found = importance(made.plan, read_trials(made))
    assert list(found) == ["learning_rate", "batch_size"]
    assert found["learning_rate"] > 0.8
    assert sum(found.values()) == pytest.approx(1.0)
    assert found == importance(made.plan, read_trials(made))


def test_importance_is_the_same_by_the_older_name_of_its_quantile(
    make_sweep: MakeSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    import optuna

    made = make_sweep([(setting(0.001 * (index + 1), 32 if index % 2 else 64), (index / 12,)) for index in range(12)])
    found = importance(made.plan, read_trials(made))
    judges = {0.25: results._judge(optuna)}
    monkeypatch.setattr(
        optuna.importance, "PedAnovaImportanceEvaluator", lambda *, baseline_quantile: judges[baseline_quantile]
    )
    assert importance(made.plan, read_trials(made)) == found


def test_importance_says_nothing_of_few_trials_or_of_equal_ones(make_sweep: MakeSweep) -> None:
    few = make_sweep([(setting(0.01 * (index + 1)), (index / 7,)) for index in range(7)])
    equal = make_sweep([(setting(0.01 * (index + 1)), (0.5,)) for index in range(9)])
    assert importance(few.plan, read_trials(few)) == {}
    assert importance(equal.plan, read_trials(equal)) == {}


def test_without_optuna_importance_says_how_to_get_it(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(NotInstalled, match=r'pip install "\.\[cluster\]"'):
        importance(sweep.plan, read_trials(sweep))
    assert len(read_trials(sweep)) == 5
