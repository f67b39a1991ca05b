"""A sweep on a hundred nodes, simulated: `python -m benchmarks.many_nodes [NODES]` (100).

Nodes and runs are made up, on a clock of their own; what conducts the sweep, its records and the folders of its runs
are the real ones. A node that gets a run needs START seconds until its first step, trains, and needs END seconds for
its figures on test data: what `benchmarks.launchers` measures of Ray on a node of one core. The clock stands still for
nobody: the seconds that a look at the runs really takes pass for the nodes, too.

Further rows: what a run under way asks of the shared folder, counted at a real training; and how long the list of
runs takes while as many runs write theirs, by threads of this machine.
"""

import itertools
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from benchmarks.table import Row, median, print_rows
from digitlab.config import TrainConfig
from digitlab.jobs.queue import LOOK, read_command
from digitlab.jobs.training_job import work
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.settings import Settings
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Range
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.undertaking import Undertaking
from tests.sweeps.conftest import use_jobs
from tests.sweeps.toy_jobs import ToyJobs

NODES = 100
LENGTHS = (10.0, 60.0, 300.0)
"""Seconds for which a run trains."""

START, END = 10.0, 5.0
"""Seconds before the first step and after the last."""

_ROUNDS = 4
"""Runs that each node has room for within a simulation."""

_CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=1)
_REAL = TrainConfig(model="cnn", data="sklearn", epochs=8, batch_size=20)
_LISTED = 10_000
_WATCHED = 20.0
"""Seconds for which runs write beside the list."""


def rows(nodes: int) -> Iterator[Row]:
    """The sweep, then the folder."""
    for length in LENGTHS:
        yield _sweep_row(nodes, length)
    yield from _folder_rows()
    yield from _list_rows(nodes)


@dataclass
class Nodes(ToyJobs):
    """Machines of one place each, which take runs in line as a cluster does. now: seconds on the clock of their own."""

    count: int
    length: float
    now: float = 0.0
    busy: list[tuple[float, float, Run]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.starts_as = State.QUEUED
        self.line: list[Run] = []
        self.trained = 0.0

    def start(self, config: TrainConfig, settings: Settings, facts: Mapping[str, Mapping[str, Any]]) -> Run:
        run = super().start(config, settings, facts)
        self.line.append(run)
        return run

    def advance(self, seconds: float) -> None:
        """Let so much time pass: runs end, and those in line take their places."""
        self.now += seconds
        for begins, ends, run in list(self.busy):
            if begins <= self.now and run.status.state is State.QUEUED:
                run.mark(State.RUNNING)
            if ends <= self.now:
                self.busy.remove((begins, ends, run))
                self.trained += self.length
                self.finish(run, random.random())
        while self.line and len(self.busy) < self.count:
            begins = self.now + START
            self.busy.append((begins, begins + self.length + END, self.line.pop(0)))


def _sweep_row(nodes: int, length: float) -> Row:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        settings = replace(Settings.from_environment(), runs=Path(folder))
        machines = Nodes(count=nodes, length=length)
        use_jobs(machines, patch)
        plan = SweepPlan(
            base=_CONFIG,
            space={"learning_rate": Range(0.001, 0.1, log=True)},
            most_runs=_ROUNDS * nodes,
            at_once=nodes,
        )
        undertaking = Undertaking(Sweep.create(settings.runs, plan), settings)
        looks: list[float] = []
        while (left := _timed(undertaking.look, looks)) and machines.now < 1e6:
            machines.advance(LOOK + looks[-1])
        assert not left
        share = machines.trained / (nodes * machines.now)
        best = length / (START + length + END)
        return Row(
            f"{_ROUNDS * nodes} runs of {length:.0f} s, {nodes} simulated nodes: share of their time that trains",
            f"{share:.0%}",
            f"{best:.0%} if none ever waited",
            f"{share / best:.2f}",
            f"a look takes {1000 * statistics.median(looks):.0f} ms, {1000 * max(looks):.0f} ms at most",
        )


def _timed(work: Callable[[], bool], taken: list[float]) -> bool:
    began = time.perf_counter()
    found = work()
    taken.append(time.perf_counter() - began)
    return found


def _folder_rows() -> Iterator[Row]:
    """What one real training writes and reads in its folder, a second."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings.from_environment(), runs=Path(folder), data=Path(folder) / "none")
        run = Run.create(settings.runs, _REAL)
        with _counted(folder) as counts, run.lock():
            began = time.perf_counter()
            written = _written()
            work(run, settings)
            taken = time.perf_counter() - began
            written = _written() - written
    asked = ", ".join(f"{counts[name] / taken:.1f} {what}" for name, what in _ASKED.items())
    yield Row("one run of `cnn` under way asks of its folder, a second", f"{asked}, {written / taken / 1e6:.2f} MB")


_ASKED = {"open": "files opened", "os.rename": "renamed", "os.remove": "removed"}


@contextmanager
def _counted(folder: str) -> Iterator[dict[str, int]]:
    """How often this process opens, renames or removes files of a folder."""
    counts = dict.fromkeys(_ASKED, 0)
    watching = True

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in counts and str(arguments[0]).startswith(folder):
            counts[event] += 1

    sys.addaudithook(hear)  # it stays as long as the process
    yield counts
    watching = False


def _written() -> int:
    """Bytes that this process has given to the system to write."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("wchar")).split()[1])


def _list_rows(nodes: int) -> Iterator[Row]:
    """The list of very many runs, while none is under way and while as many as there are nodes."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder)
        for _ in range(_LISTED):
            Run.create(runs, _CONFIG).write_status(Status(State.DONE, created=now(), started=now(), updated=now()))
        catalogue = Catalogue(replace(Settings.from_environment(), runs=runs))
        catalogue.entries()
        quiet = median(catalogue.entries)
        with _writing(runs, nodes) as late:
            lists = []
            until = time.perf_counter() + _WATCHED
            while time.perf_counter() < until:
                began = time.perf_counter()
                catalogue.entries()
                lists.append(time.perf_counter() - began)
        busy = statistics.median(lists)
        yield Row(
            f"the list of {_LISTED:,} runs while {nodes} of them write once a second",
            f"{busy:.2g} s",
            f"{quiet:.2g} s, while none does",
            f"{busy / quiet:.2f}",
            f"written {1000 * statistics.median(late):.0f} ms after their time",
        )


@contextmanager
def _writing(runs: Path, count: int) -> Iterator[list[float]]:
    """Another process lets so many runs write; gives, at the end, how late each record was, in seconds."""
    spawn = multiprocessing.get_context("spawn")
    begun, done, told = spawn.Event(), spawn.Event(), spawn.Queue()
    writers = spawn.Process(target=_write_all, args=(runs, count, begun, done, told))
    writers.start()
    begun.wait()
    late: list[float] = []
    try:
        yield late
    finally:
        done.set()
        late += told.get()
        writers.join()


def _write_all(runs: Path, count: int, begun: Event, done: Event, told: "Queue[list[float]]") -> None:
    """A thread for each run; they begin at different moments of a second."""
    late: list[float] = []
    chance = random.Random(0)
    made = [Run.create(runs, _CONFIG) for _ in range(count)]
    began = time.perf_counter()
    threads = [threading.Thread(target=_write, args=(run, began + chance.random(), done.is_set, late)) for run in made]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    told.put(late)


def _write(run: Run, due: float, is_done: Callable[[], bool], late: list[float]) -> None:
    """What a training writes: a record and a status a second. It looks at its control file five times as often."""
    status = Status(State.RUNNING, created=now(), started=now(), steps=100_000)
    with run.lock():
        for step in itertools.count(1):
            while (left := due + step - time.perf_counter()) > 0:
                if is_done():
                    return
                time.sleep(min(left, LOOK))
                read_command(run)
            run.append_history({"step": step, "train_loss": 1.0, "train_accuracy": 0.5, "learning_rate": 0.1})
            run.write_status(replace(status, step=step, updated=now()))
            late.append(time.perf_counter() - due - step)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print_rows(rows(int(sys.argv[1]) if len(sys.argv) > 1 else NODES))
