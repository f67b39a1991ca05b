"""How many runs a pupil of a class may start and keep: asked before a run is made, by everyone who makes one."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import AcquireReturnProxy, Timeout

from digitlab.access import NotAllowed, Role, Visitor, check_room, check_turn
from digitlab.errors import DigitlabError
from digitlab.folders import make_folder
from digitlab.jobs.measurement import measurements
from digitlab.locks import Lock
from digitlab.runs.listing import Catalogue
from digitlab.runs.owner import count_runs
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.settings import Settings

_PATIENCE = 10.0
"""Seconds to wait for others who start a run."""


@contextmanager
def turn_of(visitor: Visitor, settings: Settings, *, one_more: bool = False) -> Iterator[None]:
    """A visitor's turn to start or resume a run, which is to be under way when it ends.

    Pupils come one after another, so that two tabs of one do not both find room for the same run. one_more: whether a
    run is added. Raises NotAllowed when a pupil has as many as allowed, NotSaved when nothing can be written.
    """
    if visitor.role is not Role.PUPIL or settings.classroom is None:
        yield
        return
    with _lock(settings):
        unfinished, present = _runs_of(visitor, settings)
        check_turn(visitor, unfinished, settings.classroom.quotas)
        if one_more:
            check_room(visitor, present, settings.classroom.quotas)
        yield


@contextmanager
def room_for_upload(visitor: Visitor, settings: Settings) -> Iterator[None]:
    """Room for one more run that a visitor brings along, and that is in its place when it ends.

    Raises NotAllowed when a pupil has as many as allowed, NotSaved when nothing can be written.
    """
    if visitor.role is not Role.PUPIL or settings.classroom is None:
        yield
        return
    with _lock(settings):
        check_upload(visitor, settings)
        yield


def check_upload(visitor: Visitor, settings: Settings) -> None:
    """The same, asked before anything is read: others may take the room meanwhile. Raises NotAllowed."""
    if visitor.role is Role.PUPIL and settings.classroom is not None:
        _, present = _runs_of(visitor, settings)
        check_room(visitor, present, settings.classroom.quotas)


def _lock(settings: Settings) -> AcquireReturnProxy:
    """What whoever adds a run holds; use it by `with`. Raises NotAllowed when others hold it for long."""
    folder = settings.runs / ".queue"
    for missing in (settings.runs, folder):
        make_folder(missing)
    try:
        return Lock(folder / "start.lock").acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise NotAllowed("Others are starting runs just now. Try again in a few seconds.") from error


def _runs_of(visitor: Visitor, settings: Settings) -> tuple[int, int]:
    """How many runs a pupil has: unfinished ones, with the measurements that they started, and all."""
    unfinished, present = count_runs(Catalogue(settings).runs(), visitor.hand, _is_unfinished)
    measuring, _ = count_runs(measurements(settings.runs), visitor.hand, _is_unfinished)
    return unfinished + measuring, present


def _is_unfinished(run: Run) -> bool:
    try:
        return run.state in UNFINISHED
    except DigitlabError:  # damaged: nothing runs there
        return False
