"""One harness for all that comes from outside: seeded mutants are read, and what comes of it is judged.

Allowed is a value, or a `DigitlabError` of one printable line; at most 2 s of processor time and 500 MB for each.
Every case has a number; `python -m tests.fuzz.harness KIND NUMBER` reads that one again and shows the traceback.
"""

import ctypes
import dataclasses
import logging
import resource
import signal
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from digitlab.errors import DigitlabError

SECONDS, MEGABYTES, LONGEST = 2.0, 500.0, 500
"""What one case may take: processor time, memory, characters of an error."""

_PATIENCE = 10.0
"""Seconds of processor time after which a case is ended."""

_STATUS = Path("/proc/self/status")
_PEAK = Path("/proc/self/clear_refs")
_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")
_MOST_KEPT = 50


class TooSlow(BaseException):
    """Ends a case that goes on and on; no handler of the code that is tested takes it."""


@dataclass(frozen=True)
class Told:
    """An error that a step of a reading gave, when more steps follow."""

    line: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing from outside.

    whole: undamaged ones, which must be read without an error. mutate: a mutant of one of them. read: as the app reads
    it; gets a folder of its own, and gives back what people are shown. hostile: known attacks, read each time.
    every: of so many cases asked for, one is made; for kinds that take long.
    """

    name: str
    whole: Callable[[], Sequence[Any]]
    mutate: Callable[[Any, Random], Any]
    read: Callable[[Any, Path], Any]
    hostile: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    every: int = 1


@dataclass
class Result:
    """What the cases of a kind came to."""

    kind: str
    cases: int = 0
    refused: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    failures: list[str] = field(default_factory=list)
    failed: int = 0

    def fail(self, case: str, why: str) -> None:
        self.failed += 1
        if len(self.failures) < _MOST_KEPT:
            self.failures.append(f"{case}: {why[:300]}")


def tried(*steps: Callable[[], Any]) -> list[Any]:
    """The value of each step, or the line that it told."""
    return [_try(step) for step in steps]


def _try(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except DigitlabError as error:
        return Told(str(error))


def run(kind: Kind, count: int, first: int = 0, seconds: float = SECONDS) -> Result:
    """Read the whole ones, the hostile ones, and `count` mutants from the seed `first` on.

    seconds: of processor time that a case may take.
    """
    result = Result(kind.name)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number, value in enumerate(kind.whole()):
            _read(kind, value, Path(folder), f"whole {number}", result, seconds)
        if result.refused:
            result.fail("whole", "a whole one is refused, so its mutants test nothing")
        for name, make in kind.hostile.items():
            _read(kind, make(), Path(folder), name, result, seconds)
        for seed in range(first, first + max(1, count // kind.every)):
            _read(kind, mutant(kind, seed), Path(folder), str(seed), result, seconds)
    return result


def mutant(kind: Kind, seed: int) -> Any:
    """The mutant of this number, always the same."""
    whole = kind.whole()
    return kind.mutate(whole[seed % len(whole)], Random(f"{kind.name} {seed}"))


def _read(kind: Kind, value: Any, folder: Path, case: str, result: Result, seconds: float) -> None:
    outcome = measured(kind, value, folder)
    if outcome.seconds > seconds and not outcome.trouble:  # once more: the first may have imported something
        again = measured(kind, value, folder)
        outcome = dataclasses.replace(outcome, seconds=min(again.seconds, outcome.seconds))
    result.cases += 1
    result.refused += outcome.refused
    result.seconds = max(result.seconds, outcome.seconds)
    result.megabytes = max(result.megabytes, outcome.megabytes)
    if outcome.trouble:
        result.fail(case, outcome.trouble)
    if outcome.seconds > seconds:
        result.fail(case, f"took {outcome.seconds:.1f} s of processor time")
    if outcome.megabytes > MEGABYTES:
        result.fail(case, f"took {outcome.megabytes:.0f} MB")


@dataclass(frozen=True)
class Outcome:
    """What one reading came to; trouble is empty when it is allowed."""

    trouble: str
    refused: bool
    seconds: float
    megabytes: float


def measured(kind: Kind, value: Any, folder: Path) -> Outcome:
    """Read one case in a folder of its own, with the time and memory that it took."""
    with tempfile.TemporaryDirectory(dir=folder) as own, _ended_when_slow(), _logged() as logged:
        before, began = _start_peak(), time.process_time()
        trouble, refused = "", False
        try:
            trouble = trouble_of(kind.read(value, Path(own)))
        except DigitlabError as error:
            trouble, refused = trouble_of(error), True
        except TooSlow:
            trouble = f"still at work after {_PATIENCE:.0f} s"
        except Exception as error:
            trouble = _described(error)
        seconds, megabytes = time.process_time() - began, _peak() - before
    return Outcome(trouble or "".join(logged[:1]), refused, seconds, megabytes)


def _described(error: BaseException) -> str:
    trace, where = error.__traceback__, ""
    while trace:
        code = trace.tb_frame.f_code
        if "digitlab" in code.co_filename and "tests" not in code.co_filename:
            where = f" in {Path(code.co_filename).name}, {code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__}{where}: {ascii(str(error))[:160]}"


def trouble_of(value: Any) -> str:
    """What is wrong with what people are shown: text that cannot be sent, an error of many lines; empty for nothing."""
    if isinstance(value, DigitlabError | Told):
        return _judge_line(value.line if isinstance(value, Told) else str(value))
    if isinstance(value, str):
        return _judge_text(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _first_trouble([getattr(value, one.name) for one in dataclasses.fields(value)])
    if isinstance(value, Mapping):
        return _first_trouble([*value.keys(), *value.values()])
    return _first_trouble(value) if isinstance(value, list | tuple) else ""


def _judge_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return f"text that cannot be sent: {ascii(text)[:80]}"
    return ""


def _first_trouble(values: Sequence[Any]) -> str:
    return next((trouble for value in values if (trouble := trouble_of(value))), "")


def _judge_line(line: str) -> str:
    if not line.strip():
        return "an error without a word"
    if len(line) > LONGEST:
        return f"an error of {len(line)} characters: {ascii(line)[:120]}"
    if any(unicodedata.category(letter) in _UNPRINTABLE for letter in line):
        return f"an error that is no printable line: {ascii(line)[:160]}"
    return ""


@contextmanager
def _ended_when_slow() -> Iterator[None]:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _logged() -> Iterator[list[str]]:
    """What the app calls a defect in its log: an error with its traceback."""
    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1]:
                found.append("a defect in the log: " + _described(record.exc_info[1]))

    listener, log = Listener(logging.ERROR), logging.getLogger("digitlab")
    log.addHandler(listener)
    try:
        yield found
    finally:
        log.removeHandler(listener)


def _start_peak() -> float:
    """Begin to watch the process's memory; gives back how much it has now, in MB."""
    if not _PEAK.exists():
        return _peak()
    _give_back()
    _PEAK.write_text("5")
    return _peak()


def _give_back() -> None:
    """Give freed memory back to the system: it would be used again, and not be seen as taken."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def _peak() -> float:
    """The most memory since the watch began, in MB; since the process began where the system knows no other."""
    if not _PEAK.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1e3


def main() -> None:
    """Read one case again, and let its exception out."""
    from tests.fuzz.kinds import KINDS

    name, case = sys.argv[1:3]
    kind = next(kind for kind in KINDS if kind.name == name)
    value = kind.hostile[case]() if case in kind.hostile else mutant(kind, int(case))
    print(ascii(value)[:2000])
    with tempfile.TemporaryDirectory() as folder:
        print(measured(kind, value, Path(folder)))
        (Path(folder) / "again").mkdir()
        print(ascii(kind.read(value, Path(folder) / "again"))[:2000])


if __name__ == "__main__":
    main()
