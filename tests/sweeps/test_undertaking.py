"""The steps of a sweep, with toy jobs; `test_life.py` has real processes."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from digitlab.config import TrainConfig
from digitlab.errors import BadConfig, BadRun
from digitlab.runs.run import Run
from digitlab.runs.status import State
from digitlab.settings import Settings
from digitlab.sweeps import journal
from digitlab.sweeps.journal import Ending
from digitlab.sweeps.order import key_of
from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.space import Choice, Range
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import Trial, read_trials
from digitlab.sweeps.undertaking import Undertaking
from tests.sweeps.conftest import BASE, use_jobs
from tests.sweeps.toy_jobs import ToyJobs

GRID: dict[str, Any] = {
    "method": "grid",
    "space": {"batch_size": Choice((32, 64)), "dropout": Choice((0.1, 0.2))},
    "most_runs": 0,
    "at_once": 2,
}

Begin = Callable[..., tuple[Sweep, Undertaking]]


@pytest.fixture
def begin(settings: Settings, make_plan: Callable[..., SweepPlan]) -> Begin:
    """Begins a sweep over a grid of four settings."""

    def make(told: Any = None, **changes: Any) -> tuple[Sweep, Undertaking]:
        sweep = Sweep.create(settings.runs, make_plan(**{**GRID, **changes}))
        return sweep, Undertaking(sweep, settings, told)

    return make


def ids(runs: list[Run]) -> list[str]:
    return [run.id for run in runs]


def endings(sweep: Sweep) -> list[Ending | None]:
    return [trial.ending for trial in read_trials(sweep)]


def test_as_many_runs_as_allowed_are_under_way_and_each_trial_is_told_what_it_came_to(
    begin: Begin, jobs: ToyJobs
) -> None:
    told: list[Any] = []
    sweep, undertaking = begin(lambda *words: told.append(words))
    assert undertaking.look()
    assert len(jobs.started) == 2
    assert undertaking.look()
    assert len(jobs.started) == 2
    jobs.finish(jobs.started[1], 0.5, 0.25)
    assert undertaking.look()
    assert (len(jobs.started), told) == (3, [(2, Ending.DONE, 0.25, "")])
    assert undertaking.summary == "1 of 4 trials have ended, 2 are under way."
    for number in (0, 2, 3):
        jobs.finish(jobs.started[number], 1.0)
        assert undertaking.look() is (number != 3)
    assert not undertaking.look()
    assert endings(sweep) == [Ending.DONE] * 4
    assert [trial.value(Objective.LOSS) for trial in read_trials(sweep)] == [1.0, 0.25, 1.0, 1.0]
    configs = [run.config for run in jobs.started]
    assert {(config.batch_size, config.dropout) for config in configs} == {(b, d) for b in (32, 64) for d in (0.1, 0.2)}
    assert {config.replace(name="", batch_size=128, dropout=0.25) for config in configs} == {BASE}
    assert json.loads((jobs.started[2].folder / "sweep.json").read_text()) == {
        "sweep": sweep.id,
        "trial": 3,
        "seed": 0,
    }


def test_the_budget_of_runs_ends_a_sweep(begin: Begin, jobs: ToyJobs) -> None:
    sweep, undertaking = begin(most_runs=3, at_once=9)
    assert undertaking.look()
    assert len(jobs.started) == 3
    for run in jobs.started:
        jobs.finish(run, 0.5)
    assert not undertaking.look()
    assert len(read_trials(sweep)) == 3


def test_without_a_number_as_many_runs_are_under_way_as_there_are_slots(begin: Begin, jobs: ToyJobs) -> None:
    _, undertaking = begin(at_once=0)
    undertaking.look()
    assert len(jobs.started) == Settings.from_environment().jobs == 1


def test_no_more_than_sixteen_of_its_runs_wait_in_line_however_many_may_be_under_way(
    begin: Begin, jobs: ToyJobs
) -> None:
    jobs.starts_as = State.QUEUED
    _, undertaking = begin(space={"batch_size": Choice(tuple(range(1, 41)))}, at_once=30)
    for begun in (16, 16):
        undertaking.look()
        assert len(jobs.started) == begun
    for run in jobs.started[:10]:
        run.mark(State.RUNNING)
    undertaking.look()
    assert len(jobs.started) == 26
    for run in jobs.started:
        run.mark(State.RUNNING)
    undertaking.look()
    assert len(jobs.started) == 30


def test_each_trial_is_trained_with_every_seed_and_comes_to_their_mean(begin: Begin, jobs: ToyJobs) -> None:
    told: list[Any] = []
    _, undertaking = begin(lambda *words: told.append(words), seeds=2, prune=False)
    undertaking.look()
    assert [run.config.seed for run in jobs.started] == [0, 1]
    assert jobs.started[0].config.batch_size == jobs.started[1].config.batch_size
    jobs.finish(jobs.started[0], 0.5)
    jobs.finish(jobs.started[1], 1.0)
    undertaking.look()
    assert told == [(1, Ending.DONE, 0.75, "")]


def test_with_pruning_other_seeds_wait_until_the_first_was_worth_it(begin: Begin, jobs: ToyJobs) -> None:
    _, undertaking = begin(seeds=2)
    undertaking.look()
    assert [run.config.name for run in jobs.started] == ["sweep 1, seed 0", "sweep 2, seed 0"]
    jobs.finish(jobs.started[0], 0.5)
    undertaking.look()
    assert jobs.started[2].config.name == "sweep 1, seed 1"


def _prune(begin: Begin, jobs: ToyJobs, **changes: Any) -> tuple[Sweep, Undertaking, Run]:
    """Five trials that come to 0.5, and one that stands at 0.9 after two epochs."""
    space = {"dropout": Range(0.0, 0.9)}
    sweep, undertaking = begin(**{"method": "random", "space": space, "most_runs": 8, "at_once": 1, **changes})
    for number in range(5):
        undertaking.look()
        jobs.finish(jobs.started[number], 0.5, 0.5)
    undertaking.look()
    hopeless = jobs.started[5]
    jobs.epoch(hopeless, 0.9)
    undertaking.look()
    assert hopeless.state is State.RUNNING
    jobs.epoch(hopeless, 0.9)
    undertaking.look()
    return sweep, undertaking, hopeless


def test_the_hopeless_are_stopped_early(begin: Begin, jobs: ToyJobs) -> None:
    base = BASE.replace(epochs=5)
    sweep, _, hopeless = _prune(begin, jobs, base=base)
    assert jobs.stopped == [hopeless]
    assert (endings(sweep)[5], len(jobs.started)) == (Ending.PRUNED, 7)
    assert read_trials(sweep)[5].reason == "Worse than half of the others at the same epoch."


def test_by_accuracy_the_least_accurate_is_hopeless(begin: Begin, jobs: ToyJobs) -> None:
    _, _, hopeless = _prune(begin, jobs, objective="accuracy")
    assert jobs.stopped == [hopeless]


def test_without_pruning_nothing_is_stopped(begin: Begin, jobs: ToyJobs) -> None:
    sweep, _, hopeless = _prune(begin, jobs, prune=False)
    assert (jobs.stopped, endings(sweep)[5]) == ([], None)
    assert hopeless.state is State.RUNNING


def test_a_killed_run_goes_on_a_few_times(begin: Begin, jobs: ToyJobs) -> None:
    sweep, undertaking = begin(at_once=1)
    undertaking.look()
    (run,) = jobs.started
    for times in range(1, 4):
        jobs.let_go(run)
        undertaking.look()
        assert jobs.resumed == [run] * times
    jobs.let_go(run)
    undertaking.look()
    assert (endings(sweep)[0], read_trials(sweep)[0].reason) == (
        Ending.FAILED,
        f"The process of {run.id} died 4 times.",
    )


@pytest.mark.parametrize("what", ["failed", "deleted", "damaged", "stopped", "no number"])
def test_a_run_that_ends_otherwise_ends_its_trial_and_the_sweep_goes_on(what: str, begin: Begin, jobs: ToyJobs) -> None:
    sweep, undertaking = begin(at_once=1)
    undertaking.look()
    (run,) = jobs.started
    if what == "failed":
        jobs.let_go(run, State.FAILED, "Memory ran out.")
    elif what == "deleted":
        shutil.rmtree(run.folder)
    elif what == "damaged":
        (run.folder / "config.json").write_text("{")
    elif what == "stopped":
        jobs.stop(run)
    else:
        jobs.finish(run)
    undertaking.look()
    (trial, _) = read_trials(sweep)
    reasons = {
        "failed": "Memory ran out.",
        "deleted": f"{run.id} is deleted.",
        "damaged": f"{run.id} is damaged.",
        "stopped": f"Somebody stopped {run.id}.",
        "no number": "Its loss was no number.",
    }
    assert trial.reason == reasons[what]
    assert trial.ending is (Ending.PRUNED if what == "stopped" else Ending.FAILED)
    assert len(jobs.started) == 2


def test_a_full_line_is_waited_for(begin: Begin, jobs: ToyJobs) -> None:
    sweep, undertaking = begin(at_once=1)
    jobs.is_full = True
    assert undertaking.look()
    assert undertaking.look()
    assert len(read_trials(sweep)) == 1
    jobs.is_full = False
    undertaking.look()
    jobs.let_go(jobs.started[0])
    jobs.is_full = True
    undertaking.look()
    assert (jobs.resumed, endings(sweep)) == ([], [None])
    jobs.is_full = False
    undertaking.look()
    assert (jobs.resumed, len(jobs.started)) == (jobs.started, 1)


def test_trials_that_all_fail_end_the_sweep_and_leave_no_run_at_work(begin: Begin, jobs: ToyJobs) -> None:
    space = {"batch_size": Choice(tuple(range(10, 20)))}
    sweep, undertaking = begin(space=space, at_once=1)
    jobs.refused = BadConfig("There is no such thing.")
    with pytest.raises(BadRun, match=r"5 trials failed, one after the other\. The last: There is no such thing"):
        undertaking.look()
    assert endings(sweep) == [Ending.FAILED] * 5


def test_a_time_that_is_up_ends_all_trials_under_way(begin: Begin, jobs: ToyJobs) -> None:
    sweep, undertaking = begin()
    undertaking.look()
    undertaking.cut_off("The time was up.")
    assert (endings(sweep), jobs.stopped) == ([Ending.PRUNED] * 2, jobs.started)
    assert not undertaking.look()


def test_a_stopped_sweep_goes_on_with_its_runs(begin: Begin, jobs: ToyJobs, settings: Settings) -> None:
    sweep, undertaking = begin()
    undertaking.look()
    assert undertaking.stop_runs() == 2
    assert undertaking.stop_runs() == 0
    assert endings(sweep) == [None, None]
    again = Undertaking(sweep, settings)
    again.look()
    assert ids(jobs.resumed) == ids(jobs.started)
    assert len(jobs.started) == 2
    jobs.stop(jobs.started[0])  # now by somebody else
    again.look()
    assert endings(sweep)[0] is Ending.PRUNED


def test_runs_of_a_trial_that_has_ended_are_stopped_when_a_sweep_is_taken_up(
    begin: Begin, jobs: ToyJobs, settings: Settings
) -> None:
    sweep, undertaking = begin()
    undertaking.look()
    undertaking._study.end(1, Ending.PRUNED)  # and then it was killed
    Undertaking(sweep, settings)
    assert ids(jobs.stopped) == [jobs.started[0].id]
    assert endings(sweep) == [Ending.PRUNED, None]


def test_a_record_of_optuna_that_is_lost_is_made_anew(begin: Begin, jobs: ToyJobs, settings: Settings) -> None:
    sweep, undertaking = begin(at_once=1)
    undertaking.look()
    jobs.finish(jobs.started[0], 0.5)
    undertaking.look()
    sweep.study.unlink()
    again = Undertaking(sweep, settings)
    again.look()
    assert (endings(sweep), len(jobs.started)) == ([Ending.DONE, None], 2)
    for number in (1, 2, 3):
        jobs.finish(jobs.started[number], 0.5)
        again.look()
    assert len({run.config.replace(name="") for run in jobs.started}) == 4


def test_tpe_tries_nothing_twice_and_ends_when_all_was_tried(begin: Begin, jobs: ToyJobs) -> None:
    sweep, undertaking = begin(method="tpe", most_runs=50, at_once=1)
    for number in range(4):
        undertaking.look()
        jobs.finish(jobs.started[number], 0.5)
    assert not undertaking.look()
    assert len({key_of(trial.setting) for trial in read_trials(sweep)}) == 4


class _Killed(BaseException):
    """Stands for `kill -9`."""


def _learn(jobs: ToyJobs, run: Run) -> None:
    """Trains a toy run to its end at once."""
    jobs.finish(run, run.config.dropout + run.config.seed)


def _kill_at(write: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill whoever begins the n-th write of a line, or is about to flush the n-th file."""
    left, append = [write], journal.append_line

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise _Killed
            return function(*words)

        return call

    monkeypatch.setattr(journal, "append_line", counted(append))
    monkeypatch.setattr(os, "fsync", counted(_flush_nothing))


def _flush_nothing(_descriptor: int) -> None:
    """No power fails here."""


def _finish(undertaking: Undertaking) -> None:
    for _ in range(100):
        if not undertaking.look():
            return
    pytest.fail("it never ends")


def _trained(trials: list[Trial]) -> Counter[TrainConfig]:
    return Counter(one.run.config.replace(name="") for trial in trials for one in trial.runs)


def test_killed_at_any_write_a_sweep_goes_on_and_trains_every_trial_once(
    settings: Settings, make_plan: Callable[..., SweepPlan], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan(**{**GRID, "space": {"dropout": Choice((0.1, 0.2))}, "seeds": 2})
    monkeypatch.setattr(os, "fsync", _flush_nothing)
    use_jobs(ToyJobs(_learn), monkeypatch)
    whole = Sweep.create(settings.runs, plan)
    _finish(Undertaking(whole, settings))
    wanted = _trained(read_trials(whole))
    assert len(wanted) == wanted.total() == 4
    kills = 0
    while True:
        kills += 1
        sweep = Sweep.create(settings.runs, plan)
        with monkeypatch.context() as patch:
            _kill_at(kills, patch)
            try:
                use_jobs(ToyJobs(_learn), patch)
                _finish(Undertaking(sweep, settings))
                break
            except _Killed:
                pass
        _finish(Undertaking(sweep, settings))
        trials = read_trials(sweep)
        assert _trained(trials) == wanted, f"killed at write {kills}"
        assert [trial.ending for trial in trials] == [Ending.DONE] * 2
        made = [run for run in settings.runs.glob("*/sweep.json") if json.loads(run.read_text())["sweep"] == sweep.id]
        assert len(made) == 4, f"killed at write {kills}"
        for folder in settings.runs.glob("2*"):  # or each take-up would read more of them
            shutil.rmtree(folder)
    assert kills > 40
