"""Progress on standard error: a bar while something takes long, a line when an epoch ends; bars only for people."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from digitlab.cli.output import percent
from digitlab.data import Progress, quiet

if TYPE_CHECKING:  # torch comes with it
    from digitlab.training.trainer import EpochRecord, Hooks, Trainer


class _Bar:
    """A bar that begins anew when something else is done; nothing where nobody watches (no terminal)."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def show(self, what: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None or what != self._what or done < self._bar.pos:
            self.close()
            self._what, self._bar = what, click.progressbar(length=total, label=what, file=sys.stderr)
        self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar for whatever takes a `Progress`."""
    bar = _Bar()
    try:
        yield bar.show if sys.stderr.isatty() else quiet
    finally:
        bar.close()


class TrainingProgress:
    """A training on standard error: the data, a bar for the epoch under way, a line for each that is done.

    Use it as a context manager; `hooks` and `data` are what the training is given.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self._bar = _Bar()

    def __enter__(self) -> "TrainingProgress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()

    @property
    def data(self) -> Progress:
        """For what loads the data."""
        return self._bar.show

    @property
    def hooks(self) -> "Hooks":
        """For the trainer."""
        from digitlab.training.trainer import Hooks

        shown = self

        class Shown(Hooks):
            def on_step(self, trainer: "Trainer") -> None:
                step = trainer.step_in_epoch
                shown._bar.show(f"epoch {trainer.epoch + 1}/{shown.epochs}", step, trainer.steps_per_epoch)

            def on_epoch(self, trainer: "Trainer", record: "EpochRecord") -> None:
                shown._bar.close()
                click.echo(
                    f"epoch {record.epoch}/{shown.epochs}  loss {record.train_loss:.4f}  validation "
                    f"{record.validation_loss:.4f}, {percent(record.validation_accuracy)}  {record.seconds:.1f} s",
                    err=True,
                )

        return Shown()
