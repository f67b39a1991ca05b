"""What an open Train page costs the server: CPU time with 1 and 5 sessions, idle and polling a run under way.

    python -m benchmarks.polling [--seconds 20]

Needs Chromium. The run is a stand-in that grows by one record a second, so that no training takes part.
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from digitlab.config import TrainConfig
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from tests.browser.served import CHROMIUM_FLAGS, ROOT, chromium, served

SESSIONS = (1, 5)
STEPS = 10_000


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=20.0, help="how long each case is watched")
    seconds = options.parse_args().seconds
    print("CPU of the server, in % of one core")
    print(f"{'sessions':>8}  {'idle':>6}  {'polling':>7}")
    for sessions in SESSIONS:
        idle, polling = (measure(sessions, seconds, under_way=under_way) for under_way in (False, True))
        print(f"{sessions:>8}  {idle:>6.1f}  {polling:>7.1f}")


def measure(sessions: int, seconds: float, *, under_way: bool) -> float:
    """Percent of one core that a fresh server uses while some sessions look at Train."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if under_way:
            stack.enter_context(_growing_run(folder / "runs"))
        address = stack.enter_context(served(ROOT / "app.py", folder, "/api/health"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        stack.callback(browser.close)
        for _ in range(sessions):
            _open(browser, address)
        time.sleep(seconds / 4)  # warming up is not what is measured
        server = _server_on(address)
        before, began = _cpu_seconds(server), time.monotonic()
        time.sleep(seconds)
        return 100 * (_cpu_seconds(server) - before) / (time.monotonic() - began)


def _open(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/train")
    page.get_by_role("heading", name="All runs").wait_for(timeout=120_000)
    page.get_by_role("button", name="Start", exact=True).wait_for(timeout=120_000)


@contextmanager
def _growing_run(runs: Path) -> Iterator[None]:
    """A run that seems to train: its lock is held here, and it gets a record a second."""
    run = Run.create(runs, TrainConfig(model="softmax", data="sklearn", epochs=10))
    status = Status(State.RUNNING, steps=STEPS, created=now(), started=now(), updated=now(), loss=1.0, accuracy=0.5)
    done = threading.Event()

    def grow() -> None:
        step = 0
        while not done.wait(1.0):
            step += 10
            run.append_history({"step": step, "train_loss": 1 / step, "train_accuracy": 0.5, "learning_rate": 0.01})
            run.write_status(replace(status, step=step, seconds=float(step) / 10, updated=now()))

    run.write_status(status)
    with run.lock():
        thread = threading.Thread(target=grow)
        thread.start()
        yield
        done.set()
        thread.join()


def _server_on(address: str) -> int:
    """The id of the process, started by this one, that serves an address."""
    port = address.rsplit(":", 1)[1]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended meanwhile
            continue
        if port.encode() in arguments and b"streamlit" in arguments:
            return int(process.name)
    raise RuntimeError(f"No process serves {address}.")


def _cpu_seconds(process: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
