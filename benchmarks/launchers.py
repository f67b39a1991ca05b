"""What starting jobs costs, by this machine's processes and by Ray: `python -m benchmarks.launchers [RUNS]`.

A sweep of RUNS quick runs (64) by each launcher with room for one and for two, Ray's room on one node and on two; and
how long one run takes from its start to its first step. All runs are the same tiny training, each computes in one
thread: what is left is what a run costs besides its training. Nothing else should run on the machine.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.starting import time_until
from benchmarks.table import REPEATS, Row, print_rows
from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.jobs.launcher import launcher_of
from digitlab.runs.status import State
from digitlab.settings import Settings
from digitlab.sweeps.conductor import conduct
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Range
from digitlab.sweeps.start import make_sweep
from digitlab.sweeps.sweep import SweepState
from digitlab.sweeps.trials import read_trials
from tests.jobs.ray_cluster import ray_cluster

RUNS = 64

_CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=1)
_ENDLESS = _CONFIG.replace(epochs=1000, batch_size=20)
_AT_ONCE = 4
"""Runs under way: more than any of these launchers has room for, so that none waits for the sweep."""


def rows(runs: int) -> Iterator[Row]:
    """A line for each launcher and room; each sweep is compared with that of one local slot."""
    os.environ["OMP_NUM_THREADS"] = "1"
    with _local(1) as settings:
        alone = _sweep(settings, runs)
        yield Row(f"sweep of {runs} quick runs, one local slot", _pace(runs, alone))
        first = _first_step(settings)
        yield Row("from the start of a run to its first step, local", f"{first:.3g} s")
    with _local(2) as settings:
        yield _against(f"sweep of {runs}, two local slots", runs, _sweep(settings, runs), alone)
    with _ray(1) as settings:
        yield _against(f"sweep of {runs}, Ray with one node of 1 CPU", runs, _sweep(settings, runs), alone)
        ray = _first_step(settings)
        yield Row("from the start of a run to its first step, Ray", f"{ray:.3g} s", f"{first:.3g} s, local")
    with _ray(2) as settings:
        yield _against(f"sweep of {runs}, Ray with one node of 2 CPUs", runs, _sweep(settings, runs), alone)
    with _ray(1, 1) as settings:
        yield _against(f"sweep of {runs}, Ray with two nodes of 1 CPU", runs, _sweep(settings, runs), alone)


@contextmanager
def _local(slots: int) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        yield replace(Settings.from_environment(), runs=Path(folder), jobs=slots)


@contextmanager
def _ray(*cpus: int) -> Iterator[Settings]:
    """A cluster whose nodes have these processors; it has been asked what its nodes have."""
    with ray_cluster(*cpus) as cluster, _local(1) as local:
        settings = replace(local, launcher="ray", ray_address=cluster.address)
        launcher_of(settings).check()
        yield settings


def _sweep(settings: Settings, runs: int) -> float:
    """Seconds that a sweep of so many runs takes, from its start until all are evaluated."""
    plan = SweepPlan(
        base=_CONFIG,
        space={"learning_rate": Range(0.001, 0.1, log=True)},
        most_runs=runs,
        prune=False,
        at_once=_AT_ONCE,
    )
    sweep = make_sweep(plan, settings)
    began = time.perf_counter()
    with sweep.lock().acquire():
        state = conduct(sweep, settings)
    taken = time.perf_counter() - began
    ended = [run.state for trial in read_trials(sweep) for run in trial.runs]
    if state is not SweepState.DONE or ended != [State.DONE] * runs:
        raise BadRun(f"The sweep is {state}: {sweep.status.message}")
    return taken


def _pace(runs: int, seconds: float) -> str:
    return f"{60 * runs / seconds:.3g} runs a minute"


def _against(what: str, runs: int, seconds: float, alone: float) -> Row:
    return Row(what, _pace(runs, seconds), f"{_pace(runs, alone)}, one local slot", f"{alone / seconds:.2f}")


def _first_step(settings: Settings) -> float:
    return statistics.median(time_until(_ENDLESS, settings, lambda run: run.status.step > 0) for _ in range(REPEATS))


if __name__ == "__main__":
    print_rows(rows(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
