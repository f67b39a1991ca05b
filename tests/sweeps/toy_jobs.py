"""Jobs without processes: a run's history is written by the test, and a lock says that somebody works on it."""

from collections.abc import Callable, Mapping
from typing import Any

from digitlab.config import TrainConfig
from digitlab.jobs.start import QueueFull
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.settings import Settings


class ToyJobs:
    """Stands for `jobs.start`. started, resumed, stopped: runs in order. is_full: whether the line is.

    starts_as: the state of a run that was just started. train: what is done with each run that is started or resumed.
    """

    def __init__(self, train: Callable[["ToyJobs", Run], None] | None = None) -> None:
        self.started: list[Run] = []
        self.resumed: list[Run] = []
        self.stopped: list[Run] = []
        self.is_full = False
        self.starts_as = State.RUNNING
        self.refused: Exception | None = None
        self._train = train
        self._locks: dict[str, Any] = {}

    def start(self, config: TrainConfig, settings: Settings, facts: Mapping[str, Mapping[str, Any]]) -> Run:
        if self.is_full:
            raise QueueFull("20 runs wait.")
        if self.refused:
            raise self.refused
        run = Run.create(settings.runs, config, facts)
        self.started.append(run)
        self._work(run)
        return run

    def resume(self, run: Run, _settings: Settings) -> None:
        if self.is_full:
            raise QueueFull("20 runs wait.")
        self.resumed.append(run)
        self._work(run)

    def _work(self, run: Run) -> None:
        self._locks[run.id] = run.lock()
        self._locks[run.id].acquire(timeout=0)
        run.mark(self.starts_as)
        if self._train:
            self._train(self, run)

    def stop(self, run: Run, _settings: Settings | None = None) -> None:
        self.stopped.append(run)
        self.let_go(run, State.STOPPED)

    def epoch(self, run: Run, loss: float) -> None:
        """The run has done another epoch; its accuracy is 1 / (1 + loss)."""
        epoch = len(run.history) + 1
        run.append_history({"epoch": epoch, "validation_loss": loss, "validation_accuracy": 1 / (1 + loss)})
        run.write_status(Status(State.RUNNING, epoch=epoch, created=now(), updated=now()))

    def finish(self, run: Run, *losses: float) -> None:
        """The run does its last epochs and is done."""
        for loss in losses:
            self.epoch(run, loss)
        self.let_go(run, State.DONE)

    def let_go(self, run: Run, state: State | None = None, message: str = "") -> None:
        """The process ends; without a state it was killed."""
        if state:
            run.mark(state, message)
        self._locks.pop(run.id).release()
