"""`python -m digitlab.sweeps.conductor FOLDER`: the process that conducts a sweep.

It asks for trials, starts their runs, watches their histories, stops the hopeless ones and writes down what each
trial came to. What it knows is on the disk, in the sweep's folder and in those of its runs: after `kill -9` the next
one takes up where it ended.
"""

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from filelock import Timeout

from digitlab.errors import BadRun, DigitlabError, NotSaved
from digitlab.jobs.queue import LOOK
from digitlab.settings import Settings
from digitlab.sweeps.sweep import Sweep, SweepState
from digitlab.sweeps.undertaking import Listener, Undertaking

_PATIENCE = 10.0
"""Seconds that a process before this one may take to end."""

_NOTE = 2.0
"""Seconds between two notes of how long it has been conducted."""

_ENDING = 60.0
"""Seconds that runs may take to end when they are asked to."""


def conduct(sweep: Sweep, settings: Settings, told: Listener | None = None, pace: float = LOOK) -> SweepState:
    """Conduct a sweep until it is done or asked to stop; returns how it ended. The caller holds its lock.

    told: hears of each trial that ends. pace: seconds between two looks at the runs.
    Raises what went wrong, after the sweep is marked as failed with the reason; it can be resumed.
    """
    clock = _Clock(sweep)
    undertaking: Undertaking | None = None
    try:
        sweep.mark(SweepState.RUNNING, "Taking up its runs.")
        undertaking = Undertaking(sweep, settings, told)
        state = _go_on(sweep, undertaking, clock, pace)
        sweep.mark(state, undertaking.summary, clock.seconds)
        return state
    except KeyboardInterrupt:
        if undertaking:
            _let_end(undertaking, pace)
        sweep.mark(SweepState.STOPPED, "Stopped from the keyboard.", clock.seconds)
        raise
    except Exception as error:
        if sweep.is_gone:
            raise BadRun(f"The sweep {sweep.id} was deleted while it was under way.") from error
        from digitlab.jobs.training_job import explain

        with suppress(NotSaved):  # the disk is full: whoever looks finds an interrupted sweep
            sweep.mark(SweepState.FAILED, explain(error, "resume the sweep"), clock.seconds)
        raise


def _go_on(sweep: Sweep, undertaking: Undertaking, clock: "_Clock", pace: float) -> SweepState:
    while True:
        if sweep.wants_stop:
            _let_end(undertaking, pace)
            return SweepState.STOPPED
        if 0 < undertaking.plan.most_seconds <= clock.seconds:
            undertaking.cut_off("The time was up.")
            _let_end(undertaking, pace)
            return SweepState.DONE
        if not undertaking.look():
            return SweepState.DONE
        if clock.is_due():
            sweep.mark(SweepState.RUNNING, undertaking.summary, clock.seconds)
        time.sleep(pace)


def _let_end(undertaking: Undertaking, pace: float) -> None:
    """Stop the runs that are under way, and wait until they have."""
    end = time.monotonic() + _ENDING
    while undertaking.stop_runs() and time.monotonic() < end:
        time.sleep(pace)


class _Clock:
    """For how long a sweep has been conducted, by this process and those before it."""

    def __init__(self, sweep: Sweep) -> None:
        self._before = sweep.status.seconds
        self._began = time.monotonic()
        self._noted = self._began

    @property
    def seconds(self) -> float:
        return self._before + time.monotonic() - self._began

    def is_due(self) -> bool:
        """Whether it is time for another note."""
        if time.monotonic() - self._noted < _NOTE:
            return False
        self._noted = time.monotonic()
        return True


def main(folder: Path) -> int:
    """Conduct the sweep in a folder; returns the exit code."""
    sweep = Sweep(folder)
    signal.signal(signal.SIGTERM, _stop_on_signal(sweep))
    try:
        with sweep.lock().acquire(timeout=_PATIENCE):
            conduct(sweep, Settings.from_environment())
    except Timeout:
        print(f"Another process conducts {sweep.id}.", file=sys.stderr)
        return 2
    except DigitlabError as error:  # the sweep's folder says why, unless it was deleted or the disk is full
        print(error, file=sys.stderr)
        return 2
    return 0


def _stop_on_signal(sweep: Sweep) -> "signal._HANDLER":
    def stop(_number: int, _frame: FrameType | None) -> None:
        sweep.ask(stop=True)

    return stop


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
