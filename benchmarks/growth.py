"""How cost grows with the amount: runs that are listed, points of a curve, drawings of an ink file.

`python -m benchmarks.growth`: a table of median milliseconds; `slope` is the exponent between the last two sizes, 1.0
where cost is in proportion. A list is read first by a server that has just started, and then again and again.
"""

import math
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from digitlab.config import Settings, TrainConfig
from digitlab.figures.training import PANELS, curve_figure, points
from digitlab.ink.ink_file import read_ink_file, write_ink_file
from digitlab.ink.strokes import LabelledDrawing
from digitlab.runs.history import append_record, read_history
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status

SIZES = (10, 100, 1_000, 10_000)
INK_SIZES = (1_000, 10_000, 100_000)
_REPEATS = 5


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        first, later = zip(*(_listing(place / str(size), size) for size in SIZES), strict=True)
        print(_head("runs", SIZES))
        print(_line("listed by a new server", SIZES, first))
        print(_line("listed again", SIZES, later))
        print(_head("points", SIZES))
        print(_line("of a curve, read and drawn", SIZES, [_curve(place / f"{size}.jsonl", size) for size in SIZES]))
        print(_head("drawings", INK_SIZES))
        ink = [_ink_file(place / f"{size}.jsonl.gz", size) for size in INK_SIZES]
        print(_line("of an ink file, read", INK_SIZES, ink))


def _head(what: str, sizes: Sequence[int]) -> str:
    return f"{what:<28}" + "".join(f"{size:>10,}" for size in sizes) + f"{'slope':>8}"


def _line(what: str, sizes: Sequence[int], seconds: Sequence[float]) -> str:
    slope = math.log(seconds[-1] / seconds[-2]) / math.log(sizes[-1] / sizes[-2])
    return f"{what:<28}" + "".join(f"{1000 * one:>7.1f} ms" for one in seconds) + f"{slope:>8.2f}"


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _listing(folder: Path, count: int) -> tuple[float, float]:
    """Seconds of the first list of so many runs, and of a later one."""
    pattern = Run.create(folder, TrainConfig(model="softmax", data="sklearn"))
    pattern.write_status(Status(State.DONE, created=now(), started=now(), updated=now()))
    for place in range(count - 1):
        shutil.copytree(pattern.folder, folder / f"{pattern.id[:9]}000000-softmax-{place:06x}")
    catalogue = Catalogue(Settings(data=folder, runs=folder))
    began = time.perf_counter()
    found = catalogue.entries()
    first = time.perf_counter() - began
    assert len(found) >= count, "a run was not listed"
    return first, _median(catalogue.entries)


def _curve(file: Path, count: int) -> float:
    """Seconds from the file of a run's history to its loss curve, as JSON for the browser."""
    for step in range(1, count + 1):
        append_record(file, {"step": step, "train_loss": 1 / step, "train_accuracy": 0.5, "learning_rate": 0.01})
    panel = next(panel for panel in PANELS if panel.title == "Loss")
    return _median(lambda: curve_figure(panel, points(panel, read_history(file), 100.0)).to_json())


def _ink_file(file: Path, count: int) -> float:
    stroke = [[float(10 * x), float(x * x % 97)] for x in range(10)]
    write_ink_file(file, [LabelledDrawing(ink=[stroke], digit=place % 10, writer="w") for place in range(count)])
    return _median(lambda: read_ink_file(file))


if __name__ == "__main__":
    main()
