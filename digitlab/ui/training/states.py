"""A run's state and reason in plain words."""

from digitlab.jobs.control import Command
from digitlab.jobs.reasons import KILLED
from digitlab.runs.status import State

RESUMABLE = frozenset({State.STOPPED, State.FAILED, State.INTERRUPTED})
"""States without a process, from which a run can go on."""

WENT_WRONG = frozenset({State.FAILED, State.INTERRUPTED})

_ASKED = {
    (State.RUNNING, Command.PAUSE): "pausing",
    (State.RUNNING, Command.STOP): "stopping",
    (State.PAUSED, Command.RUN): "going on",
    (State.PAUSED, Command.STOP): "stopping",
    (State.QUEUED, Command.STOP): "stopping",
}


def state_in_words(state: State, asked: Command) -> str:
    """The state, or what it turns into because its process was just asked to."""
    return _ASKED.get((state, asked), str(state))


def reason(state: State, message: str) -> str:
    """Why a run stands where it stands; empty when there is nothing to say."""
    if state is State.INTERRUPTED:
        return KILLED
    if state is State.QUEUED and not message:
        return "Waits until another run makes room."
    return message
