"""How many pens the live channel holds: sockets of their own against a server of their own, no browser between.

`python -m benchmarks.live [SECONDS]` (default 20): for 1, 5, 10 and 50 pens that draw all the time, ten messages a
second each, with the two default models: answers a second, median and 95th percentile of the time from a message to its
answer, errors, processor time of the server an answer, bytes of an answer, and the server's memory. Then 5 pens beside
a training job, and without it again. Nothing else should run on the machine; pens and server share its cores.

`python -m benchmarks.live growth [SECONDS]` (default 600): the server's memory every tenth of that time under 20 pens.
"""

import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import connect

from digitlab.config import TrainConfig
from digitlab.jobs.queue import Command, write_command
from digitlab.jobs.start import start_job
from digitlab.runs.status import State
from digitlab.settings import Settings
from tests.browser.drawing_page import TRAJECTORIES
from tests.browser.served import ROOT, served

PENS = (1, 5, 10, 50)
EVERY = 0.1
"""Seconds between two messages of a pen."""

MODELS = [["softmax", "softmax", "#4477AA"], ["cnn", "cnn", "#EE6677"]]


@dataclass
class Measured:
    """What the pens saw."""

    waits: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: int = 0


def messages(start: int) -> Iterator[str]:
    """What a pen sends while it draws one digit after another, a tenth of a second of it more each time."""
    inks = list(TRAJECTORIES.values())
    number = 0
    for ink in itertools.islice(itertools.cycle(inks), start % len(inks), None):
        points = sum(map(len, ink))
        for share in range(1, 11):
            strokes, left = [], round(points * share / 10)
            for stroke in ink:
                strokes.append(stroke[:left])
                left = max(0, left - len(stroke))
            number += 1
            yield json.dumps(
                {
                    "number": number,
                    "drawing": {"strokes": [stroke for stroke in strokes if stroke], "penWidth": 18, "width": 280},
                    "show": [{"element": "answers", "view": "answers", "models": MODELS, "without": [], "decides": ""}],
                }
            )


async def pen(address: str, index: int, until: float, measured: Measured) -> None:
    """Draw until a time: a message every tenth of a second, or as soon as the one before is answered."""
    async with connect(address.replace("http", "ws") + "/api/live") as socket:
        await asyncio.sleep(EVERY * (index % 10) / 10)
        for message in messages(index):
            began = time.perf_counter()
            if began > until:
                return
            await socket.send(message)
            answer = await socket.recv()
            measured.waits.append(time.perf_counter() - began)
            measured.sizes.append(len(answer))
            measured.errors += "shown" not in json.loads(answer)
            await asyncio.sleep(max(0.0, began + EVERY - time.perf_counter()))


async def draw(address: str, pens: int, seconds: float) -> Measured:
    """All pens at once."""
    measured = Measured()
    until = time.perf_counter() + seconds
    done = await asyncio.gather(
        *(pen(address, index, until, measured) for index in range(pens)), return_exceptions=True
    )
    measured.errors += sum(isinstance(one, BaseException) for one in done)
    return measured


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def server_of(address: str) -> int:
    """The process that listens at an address of this machine."""
    port = address.rsplit(":", 1)[1]
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if port.encode() in words and b"streamlit" in words:
                return int(process.name)
    raise RuntimeError(f"No server listens at {address}.")


HEADER = f"{'pens':>5}{'answers/s':>11}{'median':>9}{'p95':>9}{'errors':>8}{'cpu/answer':>12}{'bytes':>7}{'memory':>9}"


def row(address: str, pens: int, seconds: float) -> float:
    """Measure so many pens, print the figures, and give back the 95th percentile of the waits in ms."""
    server = server_of(address)
    before = processor_seconds(server)
    measured = asyncio.run(draw(address, pens, seconds))
    spent = processor_seconds(server) - before
    waits = sorted(1000 * wait for wait in measured.waits)
    slow = waits[int(0.95 * (len(waits) - 1))]
    print(
        f"{pens:5}{len(waits) / seconds:11.0f}{statistics.median(waits):6.1f} ms{slow:6.1f} ms{measured.errors:8}"
        f"{1000 * spent / len(waits):9.2f} ms{statistics.mean(measured.sizes):7.0f}{memory(server):6.0f} MB",
        flush=True,
    )
    return slow


@contextmanager
def training(folder: Path) -> Iterator[None]:
    """A job that trains the whole time, started as the app starts it."""
    settings = Settings(data=folder / "data", runs=folder / "runs")
    run = start_job(TrainConfig(model="cnn", data="sklearn", epochs=1000), settings)
    while run.state is not State.RUNNING:
        time.sleep(0.2)
    yield
    write_command(run, Command.STOP)
    with run.lock().acquire():  # held by the process as long as it lives
        pass


def crowds(seconds: float) -> None:
    """More and more pens; then five of them with a job beside."""
    with tempfile.TemporaryDirectory() as folder, served(ROOT / "app.py", Path(folder), "/api/health") as address:
        asyncio.run(draw(address, 2, 4.0))  # the models are loaded by then
        print(HEADER)
        for pens in PENS:
            row(address, pens, seconds)
        print("beside a training job")
        with training(Path(folder)):
            beside = row(address, 5, seconds)
        print("without it")
        print(f"p95 beside the job against without it: {beside / row(address, 5, seconds):.1f} times")


def growth(seconds: float) -> None:
    """Memory while twenty pens go on."""
    with tempfile.TemporaryDirectory() as folder, served(ROOT / "app.py", Path(folder), "/api/health") as address:
        asyncio.run(draw(address, 2, 4.0))
        print(HEADER)
        for _ in range(10):
            row(address, 20, seconds / 10)


def main() -> None:
    words = sys.argv[1:]
    if words[:1] == ["growth"]:
        growth(float(words[1]) if words[1:] else 600.0)
    else:
        crowds(float(words[0]) if words else 20.0)


if __name__ == "__main__":
    main()
