"""What people say of a run, apart from how it was trained: its name, a star, notes and tags."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from digitlab.access import OWNER, Visitor
from digitlab.errors import BadRun
from digitlab.files import read_json, write_json
from digitlab.formats import short
from digitlab.runs.checked import Unfit, flag, items, lines, record, text
from digitlab.runs.owner import check_change_run
from digitlab.runs.run import Run

_LONGEST_LABEL = 80

LONGEST_NOTES = 2000
MOST_TAGS = 8
_LONGEST_TAG = 30

_check_label = record(
    {
        "name": text(_LONGEST_LABEL),
        "starred": flag,
        "notes": lines(LONGEST_NOTES),
        "tags": items(text(_LONGEST_TAG), MOST_TAGS),
    }
)


@dataclass(frozen=True)
class Label:
    """What people say of a run, in label.json, apart from its config, which never changes: name, star, notes, tags."""

    name: str
    starred: bool = False
    notes: str = ""
    tags: tuple[str, ...] = ()


def read_label(run: Run) -> Label:
    """The run's label; before anyone said anything, the name of its config. Raises BadRun when it is damaged."""
    if not _label_file(run).exists():
        return Label(run.config.name or run.id)
    try:
        saved = _check_label(read_json(_label_file(run)))
    except Unfit as error:
        raise BadRun(
            f"{_label_file(run)} is damaged or foreign: {error}. Delete it; the run goes by its id."
        ) from error
    return Label(**{**saved, "name": saved.get("name") or run.id})


def title_of(run: Run) -> str:
    """What people call the run: see `Entry`. Raises BadRun when its label or config is damaged."""
    return run.id if run.is_checkpoint else read_label(run).name


def rename_run(run: Run, name: str, visitor: Visitor = OWNER) -> None:
    """Give the run another name. visitor: who does it.

    Raises BadRun for a checkpoint, and for a name that is empty, over 80 characters or not printable; NotAllowed when
    the run is somebody else's; NotSaved when it cannot be written.
    """
    _check(run, visitor)
    name = name.strip()
    if not name or len(name) > _LONGEST_LABEL or not name.isprintable():
        raise BadRun(f"A run cannot be called {name[:40]!r}. Use 1 to {_LONGEST_LABEL} printable characters.")
    _relabel(run, name=name)


def star_run(run: Run, starred: bool, visitor: Visitor = OWNER) -> None:
    """Make the run a favourite, or no longer. visitor: who does it.

    Raises BadRun for a checkpoint, NotAllowed when it is somebody else's, NotSaved when it cannot be written.
    """
    _check(run, visitor)
    _relabel(run, starred=starred)


def describe_run(run: Run, notes: str, tags: Sequence[str], visitor: Visitor = OWNER) -> None:
    """Keep what people want to remember of a run. Spaces around are dropped, and so are empty and repeated tags.

    notes: at most 2,000 characters. tags: at most 8, of at most 30 printable characters without a comma.
    visitor: who does it.
    Raises BadRun for a checkpoint and for what is longer than that, NotAllowed when the run is somebody else's.
    """
    _check(run, visitor)
    named = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    for tag in named:
        if len(tag) > _LONGEST_TAG or not tag.isprintable() or "," in tag:
            raise BadRun(
                f"{short(tag, 40)} is not a tag. Use at most {_LONGEST_TAG} printable characters, and no comma."
            )
    if len(named) > MOST_TAGS:
        raise BadRun(f"{len(named)} tags are too many. Keep at most {MOST_TAGS}.")
    try:
        written = lines(LONGEST_NOTES)(notes.strip())
    except Unfit as error:
        raise BadRun(
            f"The notes have {len(notes.strip()):,} characters. Keep at most {LONGEST_NOTES:,} printable ones."
        ) from error
    _relabel(run, notes=written, tags=named)


def _check(run: Run, visitor: Visitor) -> None:
    check_change_run(visitor, run)
    run.check_changeable()


def _relabel(run: Run, **changes: Any) -> None:
    write_json(_label_file(run), asdict(replace(read_label(run), **changes)))


def _label_file(run: Run) -> Path:
    return run.folder / "label.json"
