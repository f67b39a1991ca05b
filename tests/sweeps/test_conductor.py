"""The loop that conducts a sweep, with toy jobs; `test_life.py` has real processes."""

import errno
from collections.abc import Callable
from typing import Any

import pytest

from digitlab.errors import BadConfig, BadRun, NotSaved
from digitlab.runs.status import State
from digitlab.settings import Settings
from digitlab.sweeps import conductor
from digitlab.sweeps.conductor import conduct, main
from digitlab.sweeps.journal import Ending
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice
from digitlab.sweeps.sweep import Sweep, SweepState
from digitlab.sweeps.trials import read_trials
from digitlab.sweeps.undertaking import Undertaking
from tests.sweeps.conftest import use_jobs
from tests.sweeps.toy_jobs import ToyJobs

Make = Callable[..., Sweep]


@pytest.fixture
def make(settings: Settings, make_plan: Callable[..., SweepPlan]) -> Make:
    """Makes a sweep over a grid of three settings."""
    space = {"batch_size": Choice((32, 64, 96))}
    return lambda **changes: Sweep.create(
        settings.runs, make_plan(**{"method": "grid", "space": space, "most_runs": 0, **changes})
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> ToyJobs:
    """Jobs that are done as soon as they are started."""
    toys = ToyJobs(lambda jobs, run: jobs.finish(run, 0.5))
    use_jobs(toys, monkeypatch)
    return toys


def test_a_sweep_is_conducted_to_its_end(make: Make, settings: Settings, quick: ToyJobs) -> None:
    sweep, told = make(), []
    assert conduct(sweep, settings, lambda *words: told.append(words), pace=0.0) is SweepState.DONE
    assert sweep.state is SweepState.DONE
    assert sweep.status.seconds > 0
    assert sweep.status.message == "3 of 3 trials have ended, 0 are under way."
    assert told == [(number, Ending.DONE, 0.5, "") for number in (1, 2, 3)]


def test_it_notes_from_time_to_time_how_long_it_was_at_work_and_how_far_it_is(
    make: Make, settings: Settings, quick: ToyJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor, "_NOTE", 0.0)
    sweep, notes = make(), []
    look = Undertaking.look

    def look_and_read(self: Undertaking) -> bool:
        notes.append((sweep.status.seconds, sweep.status.message))
        return look(self)

    monkeypatch.setattr(Undertaking, "look", look_and_read)
    conduct(sweep, settings, pace=0.0)
    assert [message for _, message in notes[:2]] == [
        "Taking up its runs.",
        "0 of 3 trials have ended, 1 are under way.",
    ]
    assert notes[0][0] == 0.0 < notes[1][0] <= notes[2][0]


def test_asked_to_stop_it_lets_its_runs_end_and_keeps_their_trials_open(
    make: Make, settings: Settings, jobs: ToyJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = make()
    looks: list[int] = []
    look = Undertaking.look

    def look_and_ask(self: Undertaking) -> bool:
        looks.append(1)
        sweep.ask(stop=True)
        return look(self)

    monkeypatch.setattr(Undertaking, "look", look_and_ask)
    assert conduct(sweep, settings, pace=0.0) is SweepState.STOPPED
    assert len(looks) == 1
    assert [run.state for run in jobs.started] == [State.STOPPED]
    assert [trial.ending for trial in read_trials(sweep)] == [None]
    assert sweep.status.message == "0 of 3 trials have ended, 1 are under way."


def test_the_time_counts_over_all_processes_and_ends_a_sweep(make: Make, settings: Settings, jobs: ToyJobs) -> None:
    sweep = make(most_seconds=100.0)
    sweep.mark(SweepState.INTERRUPTED, seconds=99.0)
    Undertaking(sweep, settings).look()
    sweep.mark(SweepState.INTERRUPTED, seconds=100.0)
    assert conduct(sweep, settings, pace=0.0) is SweepState.DONE
    assert len(jobs.started) == 1
    (trial,) = read_trials(sweep)
    assert (trial.ending, trial.reason, trial.runs[0].state) == (Ending.PRUNED, "The time was up.", "stopped")


def test_from_the_keyboard_it_stops_as_when_asked(
    make: Make, settings: Settings, jobs: ToyJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = make()
    look = Undertaking.look

    def look_and_press(self: Undertaking) -> bool:
        look(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Undertaking, "look", look_and_press)
    with pytest.raises(KeyboardInterrupt):
        conduct(sweep, settings, pace=0.0)
    assert (sweep.state, [run.state for run in jobs.started]) == (SweepState.STOPPED, [State.STOPPED])


def test_a_sweep_that_fails_says_why(make: Make, settings: Settings, jobs: ToyJobs) -> None:
    sweep = make(space={"batch_size": Choice(tuple(range(1, 9)))})
    jobs.refused = BadConfig("No such device.")
    with pytest.raises(BadRun):
        conduct(sweep, settings, pace=0.0)
    assert sweep.state is SweepState.FAILED
    assert sweep.status.message.endswith("The last: No such device.")


def test_on_a_full_disk_a_sweep_ends_with_a_line_and_can_go_on(
    make: Make, settings: Settings, quick: ToyJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = make()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        look = Undertaking.look

        def look_and_fill(self: Undertaking) -> bool:
            patch.setattr("os.fsync", full)
            return look(self)

        patch.setattr(Undertaking, "look", look_and_fill)
        with pytest.raises(NotSaved, match="No space left"):
            conduct(sweep, settings, pace=0.0)
    assert sweep.state is SweepState.INTERRUPTED
    assert conduct(sweep, settings, pace=0.0) is SweepState.DONE
    assert all(trial.is_done for trial in read_trials(sweep))


def test_a_sweep_that_is_deleted_meanwhile_ends(
    make: Make, settings: Settings, jobs: ToyJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = make()
    look = Undertaking.look

    def look_and_delete(self: Undertaking) -> bool:
        (sweep.folder / "plan.json").unlink()
        return look(self)

    monkeypatch.setattr(Undertaking, "look", look_and_delete)
    with pytest.raises(BadRun, match="was deleted while it was under way"):
        conduct(sweep, settings, pace=0.0)


def test_its_process_holds_the_lock_and_another_gives_way(
    make: Make, quick: ToyJobs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(conductor, "_PATIENCE", 0.0)
    sweep = make()
    with sweep.lock():
        assert main(sweep.folder) == 2
    assert "Another process conducts" in capsys.readouterr().err
    assert quick.started == []
    states: list[Any] = []
    toys = ToyJobs(lambda jobs, run: (states.append(sweep.state), jobs.finish(run, 0.5)))
    use_jobs(toys, monkeypatch)
    assert main(sweep.folder) == 0
    assert states == [SweepState.RUNNING] * 3


def test_its_process_says_what_went_wrong(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = make()
    (sweep.folder / "plan.json").write_text("{}")
    assert main(sweep.folder) == 2
    assert "is damaged or foreign" in capsys.readouterr().err
    assert sweep.state is SweepState.FAILED
