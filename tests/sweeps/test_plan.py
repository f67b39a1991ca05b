import json
from collections.abc import Callable
from typing import Any

import pytest

from digitlab.config import TrainConfig
from digitlab.errors import BadConfig
from digitlab.sweeps.plan import Method, Objective, SweepPlan
from digitlab.sweeps.space import Choice, Range

MakePlan = Callable[..., SweepPlan]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "guess"}, "method is 'guess'; choose one of grid, random, tpe"),
        ({"objective": "speed"}, "objective is 'speed'; choose one of loss, accuracy"),
        ({"seeds": 0}, "seeds is 0; choose a whole number from 1 to 100"),
        ({"seeds": 1.5}, "seeds is 1.5"),
        ({"most_seconds": -1.0}, "most_seconds is -1.0"),
        ({"at_once": 1001}, "at_once is 1001; choose a whole number from 0 to 1000"),
        ({"prune": 1}, "prune is 1"),
        ({"name": ""}, "name is ''"),
        ({"name": "a\nb"}, "name is"),
        ({"space": {}}, "name 1 to 12 settings to try"),
        ({"space": {"dropout": Range(0.0, 3.0)}}, "dropout is 3.0"),
        ({"most_runs": 0}, "the method random never ends by itself"),
        ({"most_runs": 2, "seeds": 3}, "each trial is trained 3 times: choose at least 3"),
        ({"method": "grid"}, "a grid needs a number of points"),
        (
            {"method": "grid", "seeds": 2, "space": {n: Range(0.1, 0.2, points=71) for n in ("dropout", "momentum")}},
            r"The grid has 10,082 runs",
        ),
        ({"space": {"epochs": Choice((0, 1))}}, "choose at least 1"),
        ({"base": TrainConfig(epochs=0)}, "epochs is 0"),
        ({"base": TrainConfig(seed=2**31 - 1), "seeds": 2}, "seed is 2147483648"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(changes: dict[str, Any], words: str, make_plan: MakePlan) -> None:
    with pytest.raises(BadConfig, match=words):
        make_plan(**changes)


def test_a_plan_is_the_same_after_it_was_saved(make_plan: MakePlan) -> None:
    plan = make_plan(method="tpe", seeds=2, most_seconds=5, objective="accuracy", prune=False, at_once=3, name="x")
    saved = json.loads(json.dumps(plan.to_dict()))
    assert SweepPlan.from_dict(saved) == plan
    assert (plan.method, plan.objective) == (Method.TPE, Objective.ACCURACY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, "The plan has format 2"),
        ({"speed": 1}, "Unknown part 'speed' of a plan"),
        ({"base": 3}, "base is 3; it must be an object"),
        ({"base": {"colour": 1}}, "Unknown setting 'colour'"),
        ({"space": {"dropout": {"values": [[1]]}}}, "name values, or low and high"),
        ({"space": {"dropout": {"low": 0}}}, "name values, or low and high"),
        ({"space": {"dropout": {"low": "0", "high": 1}}}, "is no range"),
        ({"space": {"dropout": {"low": 0, "high": 0.5, "log": 1}}}, "name values, or low and high"),
        ({"space": {"dropout": None}}, "name values, or low and high"),
    ],
)
def test_a_damaged_plan_is_refused(changes: dict[str, Any], words: str, make_plan: MakePlan) -> None:
    with pytest.raises(BadConfig, match=words):
        SweepPlan.from_dict({**make_plan().to_dict(), **changes})


def test_the_budget_says_how_many_trials_there_are(make_plan: MakePlan) -> None:
    grid = {"dropout": Range(0.0, 0.5, points=3), "batch_size": Choice((32, 64))}
    assert make_plan(most_runs=7, seeds=2).most_trials == 3
    assert make_plan(most_runs=0, most_seconds=1.0).most_trials == 0
    assert make_plan(method="grid", space=grid, most_runs=0).most_trials == 6
    assert make_plan(method="grid", space=grid, most_runs=4).most_trials == 4
    assert make_plan(method="grid", space=grid, most_runs=40).most_trials == 6


def test_a_run_of_a_trial_differs_from_the_base_by_trial_seed_and_name(make_plan: MakePlan) -> None:
    plan = make_plan(base=TrainConfig(seed=5), seeds=2, name="mine")
    assert list(plan.all_seeds) == [5, 6]
    config = plan.config({"batch_size": 32}, 6, 12)
    assert config == TrainConfig(seed=6, batch_size=32, name="mine 12, seed 6")
    assert make_plan(name="mine").config({}, 0, 3).name == "mine 3"
