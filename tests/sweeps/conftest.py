"""Sweeps with made-up runs, as a conductor leaves them."""

import functools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.sweeps import undertaking
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.sweep import Sweep
from tests.sweeps.made_up import BASE as BASE
from tests.sweeps.made_up import made_up_plan, made_up_sweep, trained
from tests.sweeps.toy_jobs import ToyJobs

MakeRun = Callable[..., Run]
MakeSweep = Callable[..., Sweep]


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture
def make_plan() -> Callable[..., SweepPlan]:
    """Makes a plan over learning rate and batch size."""
    return made_up_plan


@pytest.fixture
def make_trained() -> MakeRun:
    """Makes a run without weights that is done: its losses and accuracies by epoch are given."""
    return trained


@pytest.fixture
def make_sweep() -> MakeSweep:
    """Makes a sweep that is done: trials with the loss of each seed; the accuracy is 1 − loss."""
    return functools.partial(made_up_sweep, Path(os.environ["DIGITLAB_RUNS"]))


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> ToyJobs:
    """Stand for the processes of a sweep's runs; a run whose process is gone is interrupted at once."""
    toys = ToyJobs()
    use_jobs(toys, monkeypatch)
    return toys


def use_jobs(toys: ToyJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sweeps start these."""
    monkeypatch.setattr("digitlab.runs.run._STARTING", 0.0)
    for name, stand_in in (("start_job", toys.start), ("resume_job", toys.resume), ("stop_job", toys.stop)):
        monkeypatch.setattr(undertaking, name, stand_in)
