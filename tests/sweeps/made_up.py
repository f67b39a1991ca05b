"""Sweeps with made-up runs, as a conductor leaves them."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from digitlab.config import TrainConfig
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.sweeps.journal import Ending, facts, tell_ending, tell_run, tell_setting
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice, Range
from digitlab.sweeps.sweep import Sweep, SweepState

BASE = TrainConfig(model="softmax", data="sklearn", epochs=2)

Tried = Sequence[tuple[Mapping[str, Any], Sequence[float]]]
"""For each trial its setting, and the loss of each seed."""


def made_up_plan(**changes: Any) -> SweepPlan:
    """A plan over learning rate and batch size."""
    space = {"learning_rate": Range(0.001, 0.1, log=True), "batch_size": Choice((32, 64))}
    return SweepPlan(**{"base": BASE, "space": space, "most_runs": 8, **changes})


def trained(
    runs: Path,
    config: TrainConfig,
    values: Sequence[tuple[float, float]],
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    seconds: float = 1.0,
) -> Run:
    """A run without weights that is done: its losses and accuracies by epoch are given."""
    run = Run.create(runs, config, facts)
    for epoch, (loss, accuracy) in enumerate(values, 1):
        run.append_history({"epoch": epoch, "validation_loss": loss, "validation_accuracy": accuracy})
    run.write_status(Status(State.DONE, epoch=len(values), created=now(), updated=now(), seconds=seconds))
    return run


def made_up_sweep(
    runs: Path, tried: Tried, seconds: Sequence[float] = (), weights_of: Path | None = None, **plan: Any
) -> Sweep:
    """A sweep that is done; the accuracy of each run is 1 − its loss.

    seconds: of each trial's runs. weights_of: a run whose weights all of them get.
    """
    made = made_up_plan(**{"seeds": len(tried[0][1]), **plan})
    sweep = Sweep.create(runs, made)
    for number, (setting, losses) in enumerate(tried, 1):
        tell_setting(sweep.journal, number, setting)
        for seed, loss in zip(made.all_seeds, losses, strict=True):
            run = trained(
                runs,
                made.config(setting, seed, number),
                [(loss + 1, 0.0), (loss, 1 - loss)],
                facts(sweep.id, number, seed),
                seconds[number - 1] if seconds else 1.0,
            )
            tell_run(sweep.journal, number, seed, run.id)
            if weights_of:
                for name in ("weights.safetensors", "results.json"):
                    shutil.copy(weights_of / name, run.folder)
        tell_ending(sweep.journal, number, Ending.DONE)
    sweep.mark(SweepState.DONE)
    return sweep
