"""trials.jsonl: which trial has which runs, and how each trial ended. A line each; only ever added to.

It needs no Optuna to be read, and outlives runs that people delete.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun
from digitlab.files import append_line, read_bytes
from digitlab.runs.checked import Unfit, mapping, message, record, text, whole, word, word_of
from digitlab.runs.run import RUN_ID
from digitlab.sweeps.space import Setting, Value

FACTS = "sweep.json"
"""In a run's folder: its sweep, its trial and its seed."""

_MOST_BYTES = 40_000_000
_MOST_TRIALS = 100_000


class Ending(StrEnum):
    """How a trial ended: trained with every seed, stopped early, or not to be trained."""

    DONE = "done"
    PRUNED = "pruned"
    FAILED = "failed"


@dataclass
class Told:
    """What the journal says of one trial. number: from 1. runs: seed → run id. reason: why it ended so, if told."""

    number: int
    setting: Setting
    runs: dict[int, str] = field(default_factory=dict)
    ending: Ending | None = None
    reason: str = ""


def _value(value: object) -> Value:
    if type(value) in (int, float):
        return value  # type: ignore[return-value]  # checked right here
    return text(80)(value)


_check = record(
    {
        "trial": whole(1, _MOST_TRIALS),
        "setting": mapping(text(40), _value, 40),
        "seed": whole(0, 2**31 - 1),
        "run": word(RUN_ID.pattern, "a run id"),
        "ended": word_of(Ending),
        "reason": message(500),
    },
    needed=("trial",),
)
_check_facts = record({"sweep": text(40), "trial": whole(1, _MOST_TRIALS), "seed": whole(0, 2**31 - 1)})


def tell_setting(path: Path, number: int, setting: Setting) -> None:
    """A new trial. Raises NotSaved, as all that tell do."""
    _tell(path, {"trial": number, "setting": dict(setting)})


def tell_run(path: Path, number: int, seed: int, run_id: str) -> None:
    """A trial has one more run."""
    _tell(path, {"trial": number, "seed": seed, "run": run_id})


def tell_ending(path: Path, number: int, ending: Ending, reason: str = "") -> None:
    """A trial has ended."""
    _tell(path, {"trial": number, "ended": ending, **({"reason": reason} if reason else {})})


def _tell(path: Path, line: Mapping[str, Any]) -> None:
    append_line(path, json.dumps(line).encode())


def read_journal(path: Path) -> list[Told]:
    """All trials, in order; read again only when the file has grown. Not to be changed.

    Raises BadRun when it is damaged or foreign. A torn line is dropped.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. Check the folder and its rights.") from error
    return _read(path, found.st_ino, found.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, _file: int, _size: int) -> list[Told]:
    try:
        lines = read_bytes(path, _MOST_BYTES).split(b"\n")
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. Check the folder and its rights.") from error
    trials: dict[int, Told] = {}
    for line in lines:
        try:
            _add(trials, _check(json.loads(line)))
        except Unfit as error:
            raise BadRun(f"{path} is damaged or foreign: {error}. Delete the sweep.") from error
        except (ValueError, RecursionError):  # a torn line, or the empty one at the end
            continue
    return [trials[number] for number in sorted(trials)]


def _add(trials: dict[int, Told], line: Mapping[str, Any]) -> None:
    number = line["trial"]
    if "setting" in line:
        trials.setdefault(number, Told(number, line["setting"]))
    trial = trials.get(number)
    if trial is None:
        return
    if "run" in line and "seed" in line:
        trial.runs[line["seed"]] = line["run"]
    if "ended" in line:
        trial.ending, trial.reason = line["ended"], line.get("reason", "")


def facts(sweep_id: str, number: int, seed: int) -> dict[str, dict[str, Any]]:
    """What a run's folder has to hold from the start, name → content, so that its trial finds it again."""
    return {FACTS: {"sweep": sweep_id, "trial": number, "seed": seed}}


def read_facts(content: Mapping[str, Any]) -> tuple[str, int, int]:
    """Sweep, trial and seed of a run's sweep.json; an empty sweep where it says nothing of the kind."""
    try:
        found = _check_facts(dict(content))
        return found["sweep"], found["trial"], found["seed"]
    except (Unfit, KeyError):
        return "", 0, 0
