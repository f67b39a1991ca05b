"""A whole class for some minutes: what 50 pupils with two training jobs beside them make of the server.

    python -m benchmarks.class_load [SECONDS] [--sessions 50] [--jobs 2]      (default 600)
    python -m benchmarks.class_load growth [SECONDS]                          (default 1800, 20 sessions)
    python -m benchmarks.class_load crowd [SECONDS] [--sessions 1000]         (default 600, no jobs)

Each session is what a browser is to the server: it loads the first page's files, opens Streamlit's own socket and the
live socket beside it, and speaks both. It draws a digit in a second, ten messages a second, looks at the answers for
three, and meanwhile tells its page of the drawing, as the pad does when the pen rests. About every half minute it opens
another page and comes back to Draw; after one to two minutes it leaves, and another comes. Two runs train all the
time.

A crowd is served by two replicas behind nginx, and rests: its sessions come within the first half of the time, stay,
and draw a digit about once a minute.

A row for each tenth: answers a second, their median, 95th and 99th percentile, runs of a page a second and theirs,
errors, sessions so far, the server's processor time in % of one core, and its memory. Sessions and server share the
machine's cores. Last, the memory once all have left; Streamlit keeps a session for two minutes after that.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2

from benchmarks.live import MODELS, memory, processor_seconds, server_of
from benchmarks.sessions import Class, Habits, Tenth, pupil
from digitlab.config import TrainConfig
from digitlab.jobs.queue import Command, write_command
from digitlab.jobs.start import start_job
from digitlab.runs.status import State
from digitlab.settings import Settings
from tests.browser.served import ROOT, free_port, served
from tests.deploy.proxy import proxied
from tests.fuzz.trust import keep_line

_KEPT = 125.0
"""Seconds that Streamlit keeps a session whose socket is closed."""


@dataclass(frozen=True)
class Servers:
    """One server, or replicas behind nginx. address: where they are asked. processes: their numbers."""

    address: str
    processes: tuple[int, ...]

    def processor_seconds(self) -> float:
        return sum(map(processor_seconds, self.processes))

    def memory(self) -> float:
        """Of all of them, in MB."""
        return sum(map(memory, self.processes))


def _percentiles(seconds: list[float]) -> str:
    """Median, 95th and 99th percentile in ms."""
    if not seconds:
        return f"{'–':>7}{'–':>7}{'–':>7}"
    ordered = sorted(1000 * one for one in seconds)
    found = (statistics.median(ordered), *(ordered[int(share * (len(ordered) - 1))] for share in (0.95, 0.99)))
    return "".join(f"{one:7.0f}" for one in found)


HEADER = (
    f"{'until':>7}{'answers/s':>11}{'p50':>7}{'p95':>7}{'p99':>7}{'runs/s':>8}{'p50':>7}{'p95':>7}{'p99':>7}"
    f"{'errors':>8}{'visits':>8}{'cpu':>7}{'memory':>9}"
)


async def _watch(room: Class, servers: Servers, seconds: float) -> tuple[Tenth, list[float]]:
    """Print a row a tenth; gives back everything together, and the memory at each tenth."""
    whole = Tenth()
    used: list[float] = []
    for tenth in range(1, 11):
        before, began = servers.processor_seconds(), time.perf_counter()
        await asyncio.sleep(room.until - (10 - tenth) * seconds / 10 - began)
        seen, room.tenth = room.tenth, Tenth()
        took, used = time.perf_counter() - began, [*used, servers.memory()]
        share = 100 * (servers.processor_seconds() - before) / took
        print(
            f"{tenth * seconds / 10:5.0f} s{len(seen.waits) / took:11.0f}{_percentiles(seen.waits)}"
            f"{len(seen.runs) / took:8.1f}{_percentiles(seen.runs)}{seen.errors.total():8}{room.visits:8}"
            f"{share:5.0f} %{used[-1]:6.0f} MB",
            flush=True,
        )
        whole.waits += seen.waits
        whole.runs += seen.runs
        whole.errors += seen.errors
    return whole, used


async def _class(servers: Servers, sessions: int, seconds: float, habits: Habits) -> tuple[Class, Tenth, list[float]]:
    room = Class(servers.address, time.perf_counter() + seconds, habits)
    seats = [asyncio.create_task(pupil(room, index)) for index in range(sessions)]
    whole, used = await _watch(room, servers, seconds)
    for one in await asyncio.gather(*seats, return_exceptions=True):
        if isinstance(one, BaseException):
            room.wrong(f"{type(one).__name__}: {one}"[:80])
    return room, whole, used


@contextmanager
def training(folder: Path, jobs: int) -> Iterator[None]:
    """Jobs that train the whole time, started as the app starts them."""
    settings = Settings(data=folder / "data", runs=folder / "runs", jobs=max(1, jobs))
    runs = [start_job(TrainConfig(model="cnn", data="sklearn", epochs=1000), settings) for _ in range(jobs)]
    while any(run.state is not State.RUNNING for run in runs):
        time.sleep(0.2)
    try:
        yield
    finally:
        for run in runs:
            write_command(run, Command.STOP)
        for run in runs:
            with run.lock().acquire():  # held by the process as long as it lives
                pass


@dataclass(frozen=True)
class Kind:
    """What is measured. after: what comes once all have left, before memory is looked at for the last time."""

    seconds: float = 600.0
    sessions: int = 50
    jobs: int = 2
    replicas: int = 1
    habits: Habits = field(default_factory=Habits)
    after: Callable[[], None] = lambda: None


def measure(kind: Kind) -> int:
    """So many sessions for so long against servers of their own; prints the figures. Returns how many errors came."""
    sessions, jobs, seconds, replicas = kind.sessions, kind.jobs, kind.seconds, kind.replicas
    os.environ["DIGITLAB_JOBS"] = str(max(1, jobs))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(_serving(folder, replicas))
        stack.enter_context(training(folder, jobs))
        of = f", {replicas} replicas behind nginx" if replicas > 1 else ""
        print(f"{sessions} sessions with {MODELS[0][0]} and {MODELS[1][0]}, {jobs} training jobs{of}", HEADER, sep="\n")
        room, whole, used = asyncio.run(_class(servers, sessions, seconds, kind.habits))
        print(f"  all {_rate(whole.waits, seconds)}{_percentiles(whole.waits)}", end="")
        print(f"{len(whole.runs) / seconds:8.1f}{_percentiles(whole.runs)}{room.errors.total():8}{room.visits:8}")
        for what, times in room.errors.most_common(10):
            print(f"  {times} × {what}")
        settled, last = used[3], used[-1]
        print(
            f"memory from the fourth tenth to the last: {last - settled:+.0f} MB ({100 * (last / settled - 1):+.1f} %)"
        )
        print(f"processor time of the sessions themselves: {100 * time.process_time() / seconds:.0f} % of a core")
        kind.after()
        print(f"memory at the end: {servers.memory():.0f} MB")
        lines = [line for log in folder.rglob("server.log") for line in log.read_text().splitlines()]
        trouble = [line for line in lines if "Traceback" in line]
        print(f"tracebacks in the server's log: {len(trouble)}")
    keep_line(
        f"A class of {sessions}" if replicas == 1 else f"A crowd of {sessions}",
        f"{seconds:.0f} s with {jobs} training jobs{of}: {len(whole.waits):,} answers "
        f"({len(whole.waits) / seconds:.0f} a second; median, 95th and 99th percentile {_in_words(whole.waits)}), "
        f"{len(whole.runs):,} runs of pages ({_in_words(whole.runs)}), {room.visits:,} visits, {room.errors.total()} "
        f"errors; memory {used[0]:.0f} MB in the first tenth, {settled:.0f} in the fourth, {last:.0f} in the last.",
    )
    return room.errors.total() + len(trouble)


@contextmanager
def _serving(folder: Path, replicas: int) -> Iterator[Servers]:
    """One server, or two replicas behind nginx; they have read their models. Two is what `deploy/nginx.conf` knows."""
    with ExitStack() as stack:
        addresses = []
        for replica in range(replicas):
            own = folder / str(replica)
            own.mkdir()
            places = {"DIGITLAB_RUNS": str(folder / "runs"), "DIGITLAB_DATA": str(folder / "data")}
            addresses.append(stack.enter_context(served(ROOT / "app.py", own, "/api/health", None, **places)))
        for address in addresses:
            while not httpx2.get(f"{address}/api/health").json()["warm"]:
                time.sleep(0.2)
        processes = tuple(map(server_of, addresses))
        if replicas == 1:
            yield Servers(addresses[0], processes)
            return
        port = free_port()
        stack.enter_context(proxied(folder, [address.removeprefix("http://") for address in addresses], port))
        yield Servers(f"http://localhost:{port}", processes)


def _in_words(seconds: list[float]) -> str:
    return ", ".join(_percentiles(seconds).split()) + " ms"


def _rate(waits: list[float], seconds: float) -> str:
    return f"{len(waits) / seconds:12.0f}"


def _wait_until_forgotten() -> None:
    time.sleep(_KEPT)


KINDS = {
    "class": Kind(),
    "growth": Kind(seconds=1800.0, sessions=20, after=_wait_until_forgotten),
    "crowd": Kind(sessions=1000, jobs=0, replicas=2),
}


def main() -> None:
    """Read the command line; exit code 1 when anything went wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("words", nargs="*", help="growth or crowd, and how many seconds")
    options.add_argument("--sessions", type=int, help="how many at once")
    options.add_argument("--jobs", type=int, help="how many runs train beside them")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # server and jobs end with it
    name = next((word for word in chosen.words[:1] if word in KINDS), "class")
    kind = KINDS[name]
    seconds = next((float(word) for word in chosen.words if word != name), kind.seconds)
    kind = replace(
        kind,
        seconds=seconds,
        sessions=chosen.sessions or kind.sessions,
        jobs=kind.jobs if chosen.jobs is None else chosen.jobs,
    )
    if name == "crowd":
        kind = replace(kind, habits=Habits(comes=seconds / 2, looks=60.0, stays=(seconds, seconds)))
    raise SystemExit(measure(kind) > 0)


if __name__ == "__main__":
    main()
