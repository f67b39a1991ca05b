"""How long somebody waits for a job's first point, a command, or the library.

A job is started as the page does it, in a process of its own; its first point is there when its history has a record.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks.table import REPEATS, Row, median
from digitlab.config import TrainConfig
from digitlab.data.dataset import load_data
from digitlab.errors import BadRun
from digitlab.jobs.start import start_job, stop_job
from digitlab.presets import find_preset
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.settings import Settings

_DIGITLAB = str(Path(sys.executable).with_name("digitlab"))

_LOOK_EVERY = 0.02


def rows() -> Iterator[Row]:
    """Seconds from a click or a command to what it is for."""
    for name in ("quick", "published-softmax"):
        taken = statistics.median(_first_point(find_preset(name).config) for _ in range(REPEATS))
        yield _row(f"from Start to the first point of the curve, preset `{name}`", taken, 4)
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "digit.png"
        Image.fromarray(255 - load_data("sklearn", "test").images[0].numpy()).save(picture)
        yield _row("`digitlab --help`", median(partial(_call, _DIGITLAB, "--help")), 0.25)
        yield _row("`digitlab predict`", median(partial(_call, _DIGITLAB, "predict", "cnn", str(picture))), 2)
    bare, whole = (median(partial(_call, sys.executable, "-c", code)) for code in ("pass", "import digitlab"))
    yield Row("`import digitlab`", f"{whole - bare:.2g} s", f"{bare:.2g} s, Python itself", goal="≤ 0.05 s")


def _row(what: str, taken: float, most: float) -> Row:
    return Row(what, f"{taken:.2g} s", goal=f"≤ {most:g} s")


def _call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _first_point(config: TrainConfig) -> float:
    """Seconds until a job's history has a record; then it is stopped."""
    with tempfile.TemporaryDirectory() as runs:
        return time_until(config, replace(Settings.from_environment(), runs=Path(runs)), lambda run: bool(run.records))


def time_until(config: TrainConfig, settings: Settings, begun: Callable[[Run], bool]) -> float:
    """Seconds from the start of a job until it has begun; then it is stopped. begun: whether it has."""
    began = time.perf_counter()
    run = start_job(config, settings)
    while not begun(run):
        if run.state not in UNFINISHED:
            raise BadRun(f"The job ended before it had begun: {run.status.message}")
        time.sleep(_LOOK_EVERY)
    taken = time.perf_counter() - began
    stop_job(run, settings)
    while run.state in UNFINISHED or run.is_locked():
        time.sleep(_LOOK_EVERY)
    return taken
