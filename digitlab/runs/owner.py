"""Whose run it is, in `owner.json`: the visitor of a class server who started or uploaded it.

Apart from the config, which all may see and which goes into archives and reports. A run without the file is the
installation's. The job reads it to learn whose drawings `mine` stands for. An id opens nothing: a pass is signed.
"""

from collections.abc import Callable, Iterable

from digitlab.access import Visitor, check_change, is_visitor_id, may_change, may_see_drawings
from digitlab.config import split_names
from digitlab.errors import BadRun
from digitlab.files import read_json
from digitlab.runs.run import Run

_FILE = "owner.json"
_OWN_DATA = "mine"


def as_files(hand: str) -> dict[str, dict[str, str]]:
    """What a new run's folder has to hold, name → content, so that it carries a hand; nothing for an empty one."""
    return {_FILE: {"visitor": hand}} if hand else {}


def owner_of(run: Run) -> str:
    """The hand that a run carries, empty for the installation's own.

    Raises BadRun when the file is damaged: then nobody but the teacher may change the run.
    """
    if not (run.folder / _FILE).is_file():
        return ""
    hand = read_json(run.folder / _FILE).get("visitor")
    if not isinstance(hand, str) or not is_visitor_id(hand):
        raise BadRun(f"{run.folder / _FILE} is damaged: it names no visitor. Delete the run.")
    return hand


def may_change_run(visitor: Visitor, run: Run) -> bool:
    """Whether a visitor may pause, stop, resume, rename, star or delete the run."""
    return may_change(visitor, _hand(run))


def check_change_run(visitor: Visitor, run: Run) -> None:
    """Raises NotAllowed when `may_change_run` says no."""
    check_change(visitor, _hand(run), "This run")


def may_see_samples(visitor: Visitor, run: Run) -> bool:
    """Whether a visitor may see the images that the run kept, and take it along: not what somebody else drew.

    Raises BadRun or BadConfig when its config cannot be read.
    """
    return _OWN_DATA not in run.config.data_names or may_see_drawings(visitor, _hand(run))


def may_see_score(visitor: Visitor, run: Run, data: str) -> bool:
    """Whether a visitor may see how the run reads a data set: not what somebody else's drawings came to."""
    return _OWN_DATA not in split_names(data) or may_see_drawings(visitor, _hand(run))


def count_runs(runs: Iterable[Run], hand: str, is_unfinished: Callable[[Run], bool]) -> tuple[int, int]:
    """How many runs carry a hand: unfinished ones, and all."""
    own = [run for run in runs if _hand(run) == hand]
    return sum(map(is_unfinished, own)), len(own)


def _hand(run: Run) -> str:
    try:
        return owner_of(run)
    except BadRun:
        return ""
