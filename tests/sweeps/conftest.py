"""Sweeps with made-up runs, as a conductor leaves them."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from digitlab.config import Settings, TrainConfig
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.sweeps import undertaking
from digitlab.sweeps.journal import Ending, facts, tell_ending, tell_run, tell_setting
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice, Range
from digitlab.sweeps.sweep import Sweep, SweepState
from tests.sweeps.toy_jobs import ToyJobs

BASE = TrainConfig(model="softmax", data="sklearn", epochs=2)

MakeRun = Callable[..., Run]
MakeSweep = Callable[..., Sweep]


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture
def make_plan() -> Callable[..., SweepPlan]:
    """Makes a plan over learning rate and batch size."""

    def make(**changes: Any) -> SweepPlan:
        space = {"learning_rate": Range(0.001, 0.1, log=True), "batch_size": Choice((32, 64))}
        return SweepPlan(**{"base": BASE, "space": space, "most_runs": 8, **changes})

    return make


@pytest.fixture
def make_trained() -> Callable[..., Run]:
    """Makes a run without weights that is done: its losses and accuracies by epoch are given."""

    def make(
        runs: Path,
        config: TrainConfig,
        values: Sequence[tuple[float, float]],
        facts: Mapping[str, Mapping[str, Any]] | None = None,
        seconds: float = 1.0,
    ) -> Run:
        run = Run.create(runs, config, facts)
        for epoch, (loss, accuracy) in enumerate(values, 1):
            run.append_history({"epoch": epoch, "validation_loss": loss, "validation_accuracy": accuracy})
        run.write_status(Status(State.DONE, epoch=len(values), created=now(), updated=now(), seconds=seconds))
        return run

    return make


@pytest.fixture
def make_sweep(make_trained: MakeRun, make_plan: Callable[..., SweepPlan]) -> MakeSweep:
    """Makes a sweep that is done: trials with the loss of each seed; the accuracy is 1 − loss."""

    def make(
        settings: Sequence[tuple[Mapping[str, Any], Sequence[float]]], seconds: Sequence[float] = (), **plan: Any
    ) -> Sweep:
        runs = Path(os.environ["DIGITLAB_RUNS"])
        made = make_plan(**{"seeds": len(settings[0][1]), **plan})
        sweep = Sweep.create(runs, made)
        for number, (setting, losses) in enumerate(settings, 1):
            tell_setting(sweep.journal, number, setting)
            for seed, loss in zip(made.all_seeds, losses, strict=True):
                run = make_trained(
                    runs,
                    made.config(setting, seed, number),
                    [(loss + 1, 0.0), (loss, 1 - loss)],
                    facts(sweep.id, number, seed),
                    seconds[number - 1] if seconds else 1.0,
                )
                tell_run(sweep.journal, number, seed, run.id)
            tell_ending(sweep.journal, number, Ending.DONE)
        sweep.mark(SweepState.DONE)
        return sweep

    return make


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
