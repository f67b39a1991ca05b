"""A training's progress on standard error: a bar while an epoch runs, a line when it ends."""

import sys
from types import TracebackType
from typing import Any

import click

from digitlab.cli.formats import percent
from digitlab.training import EpochRecord, Hooks, Trainer


class Progress(Hooks):
    """Hooks that show where a training stands; the bar only where a person watches (a terminal)."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self._bar: Any = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def on_step(self, trainer: Trainer) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            label = f"epoch {trainer.epoch + 1}/{self.epochs}"
            self._bar = click.progressbar(length=trainer.steps_per_epoch, label=label, file=sys.stderr)
        self._bar.update(1)

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self._close()
        click.echo(
            f"epoch {record.epoch}/{self.epochs}  loss {record.train_loss:.4f}  "
            f"validation {record.validation_loss:.4f}, {percent(record.validation_accuracy)}  {record.seconds:.1f} s",
            err=True,
        )

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
