"""status.json: where a run stands; replaced whole, never edited in place."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from digitlab.errors import BadRun


class State(StrEnum):
    """`interrupted` is never written: it is what a reader finds when the process of an unfinished run is gone."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


UNFINISHED = frozenset({State.QUEUED, State.RUNNING, State.PAUSED})
"""States in which a process must be at work."""


@dataclass(frozen=True)
class Status:
    """State, progress and times of a run.

    Times are UTC in ISO 8601, `seconds` is time spent computing;
    `loss` and `accuracy` are those of training in the epoch under way, None when there are none yet.
    """

    state: State
    epoch: int = 0
    step: int = 0
    steps: int = 0
    created: str = ""
    started: str = ""
    updated: str = ""
    seconds: float = 0.0
    best_epoch: int = 0
    loss: float | None = None
    accuracy: float | None = None
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Status":
        """The status of its saved form. Raises BadRun when a key or value is not one that digitlab writes."""
        try:
            status = cls(**{**saved, "state": State(saved["state"])})
            for field in dataclasses.fields(cls):
                _check(field.name, getattr(status, field.name), type(field.default))
            return status
        except (KeyError, TypeError, ValueError) as error:
            raise BadRun(f"The run's status.json is damaged or foreign: {error}. Delete the run.") from error


def _check(name: str, value: Any, kind: type) -> None:
    """Raises TypeError when a value is not of its default's kind."""
    allowed: Any = {int: int, float: (int, float), str: str, type(None): (int, float, type(None))}.get(kind, State)
    if not isinstance(value, allowed) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r:.60}")
