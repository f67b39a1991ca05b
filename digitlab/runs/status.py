"""status.json: where a run stands; replaced whole, never edited in place."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from digitlab.errors import BadRun
from digitlab.runs.checked import Check, Unfit, epochs, loss, message, moment, record, seconds, share, steps, word_of

_FORMER = {"best_epoch": "chosen_epoch"}
"""Names of version 0.1 → today's."""

_LONGEST_MESSAGE = 1000
"""Characters; what a defect says may be longer, and its log has all of it."""


class State(StrEnum):
    """`interrupted` is never written: it is what a reader finds when the process of an unfinished run is gone."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


ENDED = "The process ended without a message: it was killed, the machine restarted, or memory ran out."
KILLED = f"{ENDED} Resume goes on from the last saved step."
"""What an interrupted run's card says."""

UNFINISHED = frozenset({State.QUEUED, State.RUNNING, State.PAUSED})
"""States in which a process must be at work."""


@dataclass(frozen=True)
class Status:
    """State, progress and times of a run.

    Times are UTC in ISO 8601, `seconds` is time spent computing; `chosen_epoch` is the one whose weights are saved:
    of the lowest validation loss so far, or the last if the config says so;
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
    chosen_epoch: int = 0
    loss: float | None = None
    accuracy: float | None = None
    message: str = ""

    @property
    def time_left(self) -> float | None:
        """Seconds until the last step at the pace so far; None before the first step."""
        if not self.step or not self.steps:
            return None
        return self.seconds / self.step * (self.steps - self.step)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "Status":
        """The status of its saved form. Raises BadRun when a key or value is not one that digitlab writes."""
        named = {_FORMER.get(key, key): value for key, value in saved.items()}
        try:
            for key in named.keys() - _CHECKS.keys():
                raise Unfit(key, f"one of {', '.join(_CHECKS)}")
            if unset := [key for key, value in named.items() if value is None and key not in _MAY_BE_UNKNOWN]:
                raise Unfit(None, "", unset[:1])
            return cls(**_check(named))
        except Unfit as error:
            raise BadRun(f"The run's status.json is damaged or foreign: {error}. Delete the run.") from error


_CHECKS: Mapping[str, Check[Any]] = {
    "state": word_of(State),
    "epoch": epochs,
    "step": steps,
    "steps": steps,
    "created": moment,
    "started": moment,
    "updated": moment,
    "seconds": seconds,
    "chosen_epoch": epochs,
    "loss": loss,
    "accuracy": share,
    "message": message(_LONGEST_MESSAGE),
}
_MAY_BE_UNKNOWN = ("loss", "accuracy")
_check = record(_CHECKS, needed=("state",))
