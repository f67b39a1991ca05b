"""Where a run stands, in the same words on cards, in toasts, in the table and in the sidebar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digitlab.jobs.measurement import count_measuring
from digitlab.jobs.queue import Command, Queue, read_command
from digitlab.runs.listing import Entry
from digitlab.runs.status import KILLED, UNFINISHED, State
from digitlab.ui.app.installation import settings

STARTING = "starting"
"""Of a queued run for which a slot is free: its process is on the way."""

SHIPPED = "shipped"
"""Of a checkpoint."""

_ASKED = {
    (State.RUNNING, Command.PAUSE): "pausing",
    (State.RUNNING, Command.STOP): "stopping",
    (State.PAUSED, Command.RUN): "resuming",
    (State.PAUSED, Command.STOP): "stopping",
    (State.QUEUED, Command.STOP): "stopping",
}


@dataclass(frozen=True)
class Line:
    """The runs that wait for a slot, the first in line first, and how many slots are known to be free."""

    ids: Sequence[str] = ()
    free: int = 0

    def in_words(self, run_id: str) -> str:
        """What is said of a queued run: `queued, 2nd of 3`, or that it is starting."""
        if run_id not in self.ids:  # its turn has just come
            return STARTING
        place = self.ids.index(run_id) + 1 - self.free
        waiting = len(self.ids) - self.free
        if place <= 0:
            return STARTING
        return "queued, next in line" if waiting == 1 else f"queued, {_ordinal(place)} of {waiting}"


def look_at_line(states: Mapping[str, State]) -> Line:
    """The line as it is now. states: of the runs under way, by their ids."""
    queue = Queue(settings().runs, settings().slots)
    running = sum(state is State.RUNNING for state in states.values()) + count_measuring(settings().runs)
    return Line(tuple(queue.waiting()), max(0, (queue.slots or 0) - running))


def line_of(entries: Iterable[Entry]) -> Line:
    """The line as it is now. entries: all runs, or those under way."""
    return look_at_line({entry.id: entry.state for entry in entries if entry.state in UNFINISHED})


def state_in_words(run_id: str, state: State, line: Line, asked: Command) -> str:
    """The state, or what it turns into because its process was just asked to; of a queued run its place in line."""
    if (state, asked) in _ASKED:
        return _ASKED[state, asked]
    return line.in_words(run_id) if state is State.QUEUED else str(state)


def entry_in_words(entry: Entry, line: Line) -> str:
    """The state of a run in a list; a checkpoint is shipped."""
    if entry.is_checkpoint:
        return SHIPPED
    asked = read_command(entry.run) if entry.state in UNFINISHED else Command.RUN
    return state_in_words(entry.id, entry.state, line, asked)


def reason(state: State, message: str, words: str = "") -> str:
    """Why a run stands where it stands; empty when there is nothing to say. words: the state for people."""
    if state is State.INTERRUPTED:
        return KILLED
    if state is State.QUEUED:
        if settings().slots is None:
            return "Starts as soon as Ray has room for it."
        return "Its process is starting." if words == STARTING else "Waits until another run makes room."
    return message


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
