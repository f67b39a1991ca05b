"""The whole life of a sweep, with real processes.

Nothing here is measured by the clock: every wait ends with what it waits for.
"""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from digitlab.jobs import launcher
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.settings import Settings
from digitlab.sweeps.order import settings_in_order
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice
from digitlab.sweeps.start import resume_sweep, runs_of, start_sweep
from digitlab.sweeps.sweep import SweepState
from digitlab.sweeps.trials import read_trials
from tests.sweeps.conftest import BASE

HANGS = 3600.0
"""Seconds after which a wait is given up whatever else: only a test that hangs ever waits that long."""

PLAN = SweepPlan(
    base=BASE.replace(epochs=1),
    space={"learning_rate": Choice((0.01, 0.1))},
    method="grid",  # type: ignore[arg-type]  # as a form has it
    at_once=2,
)


class _OnlyPopen:
    """Stands for the module `subprocess` where processes are started, and remembers them."""

    DEVNULL, STDOUT = subprocess.DEVNULL, subprocess.STDOUT

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []

    def Popen(self, arguments: list[str], **options: object) -> "subprocess.Popen[bytes]":  # noqa: N802
        self.started.append(subprocess.Popen(arguments, **options))  # type: ignore[call-overload]
        return self.started[-1]


@pytest.fixture(autouse=True)
def conductors(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[_OnlyPopen]:
    """The processes that conduct; none is left behind, and none of a run."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    spawned = _OnlyPopen()
    monkeypatch.setattr(launcher, "subprocess", spawned)
    yield spawned
    for process in spawned.started:
        process.kill()
        process.wait()
    for run in Catalogue(settings).runs():
        (run.folder / "control").write_text("stop")
        eventually(lambda run=run: not run.is_locked())  # type: ignore[misc]


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.mark.long
def test_a_sweep_that_is_killed_goes_on_and_trains_what_it_would_have(
    settings: Settings, conductors: _OnlyPopen
) -> None:
    sweep = start_sweep(PLAN, settings)
    eventually(lambda: len(runs_of(sweep)) > 0)
    os.kill(conductors.started[-1].pid, signal.SIGKILL)
    conductors.started[-1].wait()
    before = runs_of(sweep)
    assert sweep.state is SweepState.INTERRUPTED
    resume_sweep(sweep, settings)
    eventually(lambda: sweep.state not in (SweepState.STARTING, SweepState.RUNNING))
    assert (sweep.state, sweep.status.message) == (SweepState.DONE, "2 of 2 trials have ended, 0 are under way.")
    trials = read_trials(sweep)
    assert [dict(trial.setting) for trial in trials] == list(settings_in_order(PLAN))
    assert all(trial.is_done for trial in trials)
    trained = Counter(run.config.learning_rate for run in Catalogue(settings).runs())
    assert trained == Counter(PLAN.space["learning_rate"].values)  # type: ignore[union-attr]
    assert set(map(_id, before)) <= set(map(_id, runs_of(sweep)))


@pytest.mark.long
def test_a_sweep_whose_process_is_ended_politely_stops_its_runs(settings: Settings, conductors: _OnlyPopen) -> None:
    endless = SweepPlan(base=BASE.replace(epochs=1000), space={"batch_size": Choice((1, 2))}, most_runs=1)
    sweep = start_sweep(endless, settings)
    eventually(lambda: any(len(run.history) > 0 for run in runs_of(sweep)))
    conductors.started[-1].terminate()
    eventually(lambda: sweep.state is SweepState.STOPPED)
    (run,) = runs_of(sweep)
    assert run.state not in UNFINISHED


def _id(run: Run) -> str:
    return run.id
