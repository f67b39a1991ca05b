"""`python -m digitlab.jobs.mapping MODEL`: make a model's t-SNE in a process of its own, and keep it with the run.

One map is made at a time, in a slot of the queue like a training, so that pages and trainings stay quick.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import Timeout

from digitlab.access import OWNER, Visitor
from digitlab.errors import BadRun, DigitlabError, NotSaved
from digitlab.files import read_json, saving, write_json
from digitlab.folders import make_folder
from digitlab.jobs.launcher import start_process
from digitlab.jobs.queue import LOOK, Queue
from digitlab.jobs.start import QueueFull
from digitlab.jobs.turns import turn_of
from digitlab.locks import Lock, is_held
from digitlab.runs.checked import Unfit, number, record, share, text
from digitlab.runs.listing import Catalogue
from digitlab.runs.positions import HIDDEN, positions_file, save_positions
from digitlab.runs.run import Run
from digitlab.settings import Settings

_STARTING = 20.0
"""Seconds that a new process may take until it holds the lock."""

# began: when it was last told of
_check = record({"model": text(200), "done": share, "trouble": text(500), "began": number(0.0, 1e12)})


@dataclass(frozen=True)
class Making:
    """How far a model's map is. done: 0..1, None when nobody makes it. trouble: why the last attempt failed."""

    done: float | None = None
    trouble: str = ""


def start_mapping(run: Run, settings: Settings, visitor: Visitor = OWNER) -> None:
    """Start making the run's t-SNE, which goes on whatever happens to this process.

    Raises QueueFull while a map of another model is made, NotAllowed when a pupil has too many runs under way, BadRun
    when no process can be started, NotSaved when nothing can be written.
    """
    folder = _folder(settings)
    with turn_of(visitor, settings):
        if how_far(run, settings).done is not None:
            return
        if _is_busy(folder, _told(folder)):
            raise QueueFull("The map of another model is being made. Try again in half a minute.")
        _tell(folder, run, 0.0)
        with saving(folder / "log"):
            log = (folder / "log").open("wb")
        with log:
            start_process("digitlab.jobs.mapping", run.id, settings, log)


def how_far(run: Run, settings: Settings) -> Making:
    """Whether the run's t-SNE is being made, and how far it is."""
    folder = settings.runs / HIDDEN
    told = _told(folder)
    if told.get("model") != run.id:
        return Making()
    if told.get("trouble"):
        return Making(trouble=told["trouble"])
    return Making(told.get("done", 0.0)) if _is_busy(folder, told) else Making()


def main(model: str) -> int:
    """Make the t-SNE of a model, once a slot is free; returns the exit code."""
    settings = Settings.from_environment()
    folder = _folder(settings)
    run = Catalogue(settings).find(model)
    try:
        with Lock(folder / "lock").acquire(timeout=_STARTING), _slot(settings):
            _make(run, settings, folder)
    except Timeout:
        print("Another process makes a map.", file=sys.stderr)
        return 2
    except DigitlabError as error:
        _tell(folder, run, 0.0, str(error))
        return 2
    return 0


def _make(run: Run, settings: Settings, folder: Path) -> None:
    from digitlab.explain.embedding import choose_images, fit_neighbourhoods
    from digitlab.models import compute_hidden, for_reading
    from digitlab.runs.weights import model_of

    images = choose_images(settings.folders)
    values = compute_hidden(for_reading(model_of(run)), images.part.images).numpy()
    points = fit_neighbourhoods(values, lambda done: _tell(folder, run, done))
    if run.is_gone:
        raise BadRun(f"{run.id} was deleted while its map was made.")
    save_positions(positions_file(run, settings.runs, images.data), run, images.fingerprint, points)


@contextmanager
def _slot(settings: Settings) -> Iterator[None]:
    """One of the slots in which runs are trained, as soon as one is free; a map, which is short, stands in no line."""
    queue = Queue(settings.runs, settings.jobs)
    make_folder(queue.folder)
    while (slot := queue.take_slot()) is None:
        time.sleep(LOOK)
    try:
        yield
    finally:
        slot.release()


def _folder(settings: Settings) -> Path:
    for missing in (settings.runs, settings.runs / HIDDEN):
        make_folder(missing)
    return settings.runs / HIDDEN


def _is_busy(folder: Path, told: Mapping[str, Any]) -> bool:
    """Whether a process makes a map, or has just been started to. told: what was last said of it."""
    starting = (
        told.get("done") == 0 and not told.get("trouble") and abs(time.time() - told.get("began", 0.0)) < _STARTING
    )
    return starting or is_held(folder / "lock")


def _tell(folder: Path, run: Run, done: float, trouble: str = "") -> None:
    with suppress(NotSaved):  # the map is what counts
        write_json(folder / "making.json", {"model": run.id, "done": done, "trouble": trouble, "began": time.time()})


def _told(folder: Path) -> dict[str, Any]:
    try:
        return _check(read_json(folder / "making.json"))
    except (BadRun, Unfit):
        return {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
