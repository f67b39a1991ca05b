"""Writes down what a training does, into its run folder, and obeys the control file."""

import dataclasses
import math
import time

from digitlab.folders import make_folder
from digitlab.jobs.queue import LOOK, Command, Ticket, read_command, wait_while
from digitlab.runs.run import Run, now
from digitlab.runs.status import State
from digitlab.runs.weights import save_resume, save_weights
from digitlab.training.trainer import EpochRecord, Hooks, Trainer

_REPORT = 1.0
"""Seconds between two reports of progress within an epoch; the first comes at once, for those who wait for it."""

_RECORDS = 20_000
"""Records within epochs at one a second; a longer training writes ever fewer, so that its curves can still be read."""

_SAVE = 0.5
_SAVE_SHARE = 0.02
"""The state is saved every half a second, or less often if saving would take over 2 % of the time; what came after the
last saving is computed again after a kill."""


class Recorder(Hooks):
    """Hooks that bring a run's folder up to date and pause or stop the training when the control file says so.

    ticket: the run's slot, given back while it pauses; None for a run that needs none.
    """

    def __init__(self, run: Run, ticket: Ticket | None = None) -> None:
        self.run = run
        self.ticket = ticket
        self._look = _Due(LOOK)
        self._report = _Due(_REPORT)
        self._report.wait(LOOK)
        self._recorded = 0.0
        self._save = _Due(_SAVE)

    def start(self, trainer: Trainer) -> None:
        """Before the first step of a fresh training: the untrained weights are the first snapshot and chosen."""
        make_folder(self.run.snapshot(0).parent)
        save_weights(self.run.snapshot(0), trainer.chosen_weights, half=True)
        save_weights(self.run.weights, trainer.chosen_weights)
        self.write(trainer, State.RUNNING)

    def on_step(self, trainer: Trainer) -> None:
        if not self._look():
            return
        command = read_command(self.run)
        if command is Command.PAUSE:
            command = self._pause(trainer)
        if command is Command.STOP:
            trainer.stop()
        elif self._save():
            began = time.monotonic()
            save_resume(self.run, trainer.state_dict())
            self._save.wait(max(_SAVE, (time.monotonic() - began) / _SAVE_SHARE))
        if self._report() and not trainer.stopping:
            self._append_step(trainer)
            self.write(trainer, State.RUNNING)

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        """Weights first, then history, then status: whoever reads the last finds the others."""
        save_weights(self.run.snapshot(record.epoch), trainer.learned.state_dict(), half=True)
        if trainer.chosen_epoch == record.epoch:
            save_weights(self.run.weights, trainer.chosen_weights)
        self.run.append_history(dataclasses.asdict(record))
        self.write(trainer, State.RUNNING)

    def _append_step(self, trainer: Trainer) -> None:
        """A record within the epoch once enough images were seen, so that curves move before its end."""
        if trainer.seconds - self._recorded < trainer.seconds / _RECORDS:
            return
        loss, accuracy = trainer.take_recent()
        if not math.isfinite(loss):
            if not self._recorded:  # the first point is waited for: another try at the next look
                self._report.wait(0)
            return
        record = {
            "step": trainer.step,
            "train_loss": loss,
            "train_accuracy": accuracy,
            "learning_rate": trainer.learning_rate,
        }
        self.run.append_history(record)
        self._recorded = trainer.seconds

    def _pause(self, trainer: Trainer) -> Command:
        """Save, give the slot back and wait; returns the command that ended the pause."""
        save_resume(self.run, trainer.state_dict())
        self.write(trainer, State.PAUSED)
        if self.ticket:
            self.ticket.release()
        command = wait_while(lambda: read_command(self.run) is Command.PAUSE, self.run)
        if command is Command.RUN and self.ticket:
            self.write(trainer, State.QUEUED)
            self.ticket.line_up()
            ticket = self.ticket
            command = wait_while(lambda: not ticket.try_slot(), self.run)
        self.write(trainer, State.RUNNING)
        return command

    def write(self, trainer: Trainer, state: State, message: str = "") -> None:
        """Put the trainer's progress and a state into status.json."""
        before = self.run.status
        self.run.write_status(
            dataclasses.replace(
                before,
                state=state,
                epoch=trainer.epoch,
                step=trainer.step,
                steps=trainer.steps,
                started=before.started or now(),
                updated=now(),
                seconds=round(trainer.seconds, 3),
                chosen_epoch=trainer.chosen_epoch,
                loss=_finite(trainer.training_loss, before.loss),
                accuracy=_finite(trainer.training_accuracy, before.accuracy),
                message=message,
            )
        )


def _finite(value: float, otherwise: float | None) -> float | None:
    return round(value, 6) if math.isfinite(value) else otherwise


class _Due:
    """True once in every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.wait(seconds)

    def __call__(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self.wait(self.seconds)
        return True

    def wait(self, seconds: float) -> None:
        """Not before so many seconds from now."""
        self._next = time.monotonic() + seconds
