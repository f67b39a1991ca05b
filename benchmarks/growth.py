"""How cost grows with the amount: runs that are listed, points of a curve, drawings of an ink file.

A list is read first by a server that has just started, and then again and again.
"""

import math
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.table import Row, median, seconds
from digitlab.config import TrainConfig
from digitlab.figures.training import PANELS, curve_figure, points
from digitlab.ink.ink_file import read_ink_file, write_ink_file
from digitlab.ink.strokes import LabelledDrawing
from digitlab.runs.history import append_record, read_history
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.settings import Settings

SIZES = (10, 100, 1_000, 10_000)
INK_SIZES = (1_000, 10_000, 100_000)


def rows() -> Iterator[Row]:
    """A line for each thing that may become many."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        first, later = zip(*(_listing(place / str(size), size) for size in SIZES), strict=True)
        yield growth_row("runs, listed by a server that has just started", SIZES, first)
        yield growth_row("runs, listed again", SIZES, later, "≤ 1 s")
        yield growth_row(
            "points of a curve, read and drawn", SIZES, [_curve(place / f"{n}.jsonl", n) for n in SIZES], "≤ 1 s"
        )
        ink = [_ink_file(place / f"{size}.jsonl.gz", size) for size in INK_SIZES]
        yield growth_row("drawings of an ink file, read", INK_SIZES, ink)


def growth_row(what: str, sizes: Sequence[int], taken: Sequence[float], goal: str = "") -> Row:
    """The largest amount against a tenth of it: the slope is the exponent, 1 where cost is in proportion."""
    slope = math.log(taken[-1] / taken[-2]) / math.log(sizes[-1] / sizes[-2])
    *fewer, most = [f"{_short(one)} at {size:,}" for size, one in zip(sizes, taken, strict=True)]
    return Row(what, most, ", ".join(fewer), f"slope {slope:.2f}", ", ".join(filter(None, [goal, "slope ≤ 1"])))


def _short(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds >= 0.1 else f"{1000 * seconds:.2g} ms"


def _listing(folder: Path, count: int) -> tuple[float, float]:
    """Seconds of the first list of so many runs, and of a later one."""
    pattern = Run.create(folder, TrainConfig(model="softmax", data="sklearn"))
    pattern.write_status(Status(State.DONE, created=now(), started=now(), updated=now()))
    for place in range(count - 1):
        shutil.copytree(pattern.folder, folder / f"{pattern.id[:9]}000000-softmax-{place:06x}")
    catalogue = Catalogue(Settings(data=folder, runs=folder))
    first = seconds(catalogue.entries)
    assert len(catalogue.entries()) >= count, "a run was not listed"
    return first, median(catalogue.entries)


def _curve(file: Path, count: int) -> float:
    """Seconds from the file of a run's history to its loss curve, as JSON for the browser."""
    for step in range(1, count + 1):
        append_record(file, {"step": step, "train_loss": 1 / step, "train_accuracy": 0.5, "learning_rate": 0.01})
    panel = next(panel for panel in PANELS if panel.title == "Loss")
    return median(lambda: curve_figure(panel, points(panel, read_history(file), 100.0)).to_json())


def _ink_file(file: Path, count: int) -> float:
    stroke = [[float(10 * x), float(x * x % 97)] for x in range(10)]
    write_ink_file(file, [LabelledDrawing(ink=[stroke], digit=place % 10, writer="w") for place in range(count)])
    return median(lambda: read_ink_file(file))
