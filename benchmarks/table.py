"""One table of what was measured, each figure beside its rival from the same run."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch

REPEATS = 5

_COLUMNS = ("what", "digitlab", "beside it", "ratio", "goal")


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, of digitlab and of its rival, one divided by the other, and the goal."""

    what: str
    ours: str
    rival: str = ""
    ratio: str = ""
    goal: str = ""

    def __str__(self) -> str:
        return _line((self.what, self.ours, self.rival, self.ratio, self.goal))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def against(what: str, ours: Sequence[float], theirs: Sequence[float], rival: str, goal: str, note: str = "") -> Row:
    """A row of seconds: medians and their ratio. rival: who the others' seconds are of. note: to follow our seconds."""
    fast, slow = statistics.median(ours), statistics.median(theirs)
    return Row(what, f"{fast:.3g} s{note}", f"{slow:.3g} s, {rival}", f"{fast / slow:.2g}", goal)


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Seconds that a piece of work takes, the median of several times."""
    return statistics.median(seconds(work) for _ in range(repeats))


def alternate(
    ours: Callable[[], object], theirs: Callable[[], object], repeats: int = REPEATS
) -> tuple[list[float], list[float]]:
    """Seconds of both, in turn, so that what disturbs the machine disturbs them alike."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(repeats)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def machine() -> str:
    """What is measured on, and when."""
    today = datetime.now(UTC)
    return f"{_processor()}, {os.cpu_count()} cores{_gpu()}, torch {torch.__version__}, {today.day} {today:%B %Y}"


def _processor() -> str:
    """What the system calls the processor, and what it multiplies bfloat16 with."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    able = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    special = [label for key, label in (("avx512_bf16", "AVX-512 BF16"), ("amx_bf16", "AMX")) if able.get(key)]
    return " ".join([name, *(["with", " and ".join(special)] if special else [])])


def _gpu() -> str:
    return f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""


def print_rows(rows: Iterable[Row]) -> None:
    """Where it is measured, and the table of some rows, each line as soon as it is there."""
    print(f"{machine()}; medians of at least {REPEATS}, in turn\n")
    print(_line(_COLUMNS))
    print(_line(["---"] * len(_COLUMNS)))
    for row in rows:
        print(row, flush=True)
