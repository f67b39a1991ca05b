import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import pytest

from digitlab.access import NotAllowed, Role, Visitor
from digitlab.errors import BadRun, DataMissing, NotInstalled, UnknownName
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import now
from digitlab.runs.status import State, Status
from digitlab.settings import Settings
from digitlab.sweeps import start
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice
from digitlab.sweeps.start import check_plan, delete_sweep, resume_sweep, runs_of, start_sweep, stop_sweep
from digitlab.sweeps.sweep import Sweep, SweepState, sweeps
from tests.sweeps.made_up import BASE

MakePlan = Callable[..., SweepPlan]
MakeSweep = Callable[..., Sweep]
PUPIL = Visitor(Role.PUPIL, "a" * 32)
SETTING: Mapping[str, Any] = {"learning_rate": 0.01, "batch_size": 32}


@pytest.fixture(autouse=True)
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Gets module and argument of every process that would be started; none is."""
    found: list[tuple[str, str]] = []

    def spawn(module: str, argument: str, _settings: Settings, _log: BinaryIO) -> None:
        found.append((module, argument))

    monkeypatch.setattr(start, "start_process", spawn)
    return found


def test_a_started_sweep_has_a_process(settings: Settings, make_plan: MakePlan, spawned: list[Any]) -> None:
    sweep = start_sweep(make_plan(), settings)
    assert spawned == [("digitlab.sweeps.conductor", str(sweep.folder.resolve()))]
    assert (sweep.state, sweep.plan) == (SweepState.STARTING, make_plan())


@pytest.mark.parametrize(
    ("field", "values", "error"),
    [
        ("model", ("softmax", "perceptron"), UnknownName),
        ("model", ("perceptron",), UnknownName),
        ("data", ("sklearn", "mine"), DataMissing),
        ("start_from", ("nosuch",), UnknownName),
    ],
)
def test_what_cannot_be_trained_is_refused_before_there_is_a_sweep(
    field: str, values: tuple[str, ...], error: type[Exception], settings: Settings, make_plan: MakePlan
) -> None:
    with pytest.raises(error):
        start_sweep(make_plan(space={field: Choice(values)}), settings)
    assert sweeps(settings) == []


def test_a_sweep_over_teachers_is_refused_where_one_does_not_exist(settings: Settings, make_plan: MakePlan) -> None:
    plan = make_plan(base=BASE.replace(distillation_epochs=1), space={"teachers": Choice(("", "nosuch"))})
    with pytest.raises(UnknownName, match="nosuch"):
        check_plan(plan, settings)


def test_a_space_with_its_own_start_is_checked_as_a_whole(settings: Settings, make_plan: MakePlan) -> None:
    check_plan(make_plan(space={"model": Choice(("softmax", "cnn-small"))}), settings)


def test_without_optuna_nothing_is_started_and_the_remedy_is_said(
    settings: Settings, make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(NotInstalled, match=r'pip install "\.\[cluster\]"'):
        start_sweep(make_plan(), settings)
    assert sweeps(settings) == []


def test_sweeps_are_not_for_pupils(settings: Settings, make_plan: MakePlan, make_sweep: MakeSweep) -> None:
    sweep = make_sweep([(SETTING, (0.5,))])
    sweep.mark(SweepState.STOPPED)
    for act in (
        lambda: start_sweep(make_plan(), settings, PUPIL),
        lambda: resume_sweep(sweep, settings, PUPIL),
        lambda: stop_sweep(sweep, settings, PUPIL),
        lambda: delete_sweep(sweep, PUPIL),
    ):
        with pytest.raises(NotAllowed, match="Sweeps are the teacher's"):
            act()
    assert [one.id for one in sweeps(settings)] == [sweep.id]
    assert sweep.state is SweepState.STOPPED


def test_a_process_that_cannot_be_started_leaves_all_as_it_was(
    settings: Settings, make_plan: MakePlan, make_sweep: MakeSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object) -> None:
        raise BadRun("No process can be started.")

    monkeypatch.setattr(start, "start_process", fail)
    with pytest.raises(BadRun):
        start_sweep(make_plan(), settings)
    assert sweeps(settings) == []
    sweep = make_sweep([(SETTING, (0.5,))])
    sweep.mark(SweepState.FAILED, "The disk is full.")
    before = sweep.status
    with pytest.raises(BadRun):
        resume_sweep(sweep, settings)
    assert sweep.status == before


@pytest.mark.parametrize("state", [SweepState.STOPPED, SweepState.FAILED, SweepState.RUNNING])
def test_a_sweep_that_ended_before_its_time_is_resumed(
    state: SweepState, settings: Settings, make_sweep: MakeSweep, spawned: list[Any]
) -> None:
    sweep = make_sweep([(SETTING, (0.5,))])
    sweep.mark(state)
    sweep.ask(stop=True)
    resume_sweep(sweep, settings)
    assert len(spawned) == 1
    assert sweep.state is SweepState.STARTING
    assert not sweep.wants_stop


def test_a_sweep_that_is_done_or_under_way_is_not_resumed(
    settings: Settings, make_sweep: MakeSweep, spawned: list[Any]
) -> None:
    sweep = make_sweep([(SETTING, (0.5,))])
    with pytest.raises(BadRun, match="is done; there is nothing to resume"):
        resume_sweep(sweep, settings)
    sweep.mark(SweepState.RUNNING)
    with sweep.lock(), pytest.raises(BadRun, match="is running; there is nothing to resume"):
        resume_sweep(sweep, settings)
    assert spawned == []


def test_a_sweep_under_way_is_asked_to_stop_and_no_other(settings: Settings, make_sweep: MakeSweep) -> None:
    sweep = make_sweep([(SETTING, (0.5,))])
    with pytest.raises(BadRun, match="is done; there is no process to stop"):
        stop_sweep(sweep, settings)
    sweep.mark(SweepState.RUNNING)
    with sweep.lock():
        stop_sweep(sweep, settings)
    assert sweep.wants_stop


def test_what_an_interrupted_sweep_left_under_way_is_stopped(settings: Settings, make_sweep: MakeSweep) -> None:
    sweep = make_sweep([(SETTING, (0.5, 0.6))])
    running, _ = runs_of(sweep)
    running.write_status(Status(State.RUNNING, updated=now()))
    sweep.mark(SweepState.RUNNING)
    with running.lock():
        stop_sweep(sweep, settings)
        assert (running.folder / "control").read_text() == "stop"
    assert sweep.state is SweepState.STOPPED


def test_a_deleted_sweep_leaves_its_runs_unless_they_are_to_go(settings: Settings, make_sweep: MakeSweep) -> None:
    kept, gone = make_sweep([(SETTING, (0.5,))]), make_sweep([(SETTING, (0.5,))])
    delete_sweep(kept)
    assert len(Catalogue(settings).runs()) == 2
    (run,) = runs_of(gone)
    delete_sweep(gone, with_runs=True)
    assert sweeps(settings) == []
    assert run.id not in [one.id for one in Catalogue(settings).runs()]


def test_a_sweep_with_a_run_under_way_keeps_all_its_runs(settings: Settings, make_sweep: MakeSweep) -> None:
    sweep = make_sweep([(SETTING, (0.5, 0.6))])
    run = runs_of(sweep)[1]
    run.write_status(Status(State.RUNNING, updated=now()))
    with run.lock(), pytest.raises(BadRun, match=r"is under way\. Stop the sweep first"):
        delete_sweep(sweep, with_runs=True)
    assert len(runs_of(sweep)) == 2
