"""The class's collection: while the teacher holds it open, what pupils label is also added to the teacher's drawings.

A pupil's own drawings lie apart (`Settings.drawings`), and only they see them. Nothing is pooled before the pupil's
page has said that the collection is open.
"""

from pathlib import Path
from typing import NamedTuple

from filelock import AcquireReturnProxy, Timeout

from digitlab.access import OWNER, NotAllowed, Quotas, Role, Visitor, check_drawings, check_share
from digitlab.data import handwriting
from digitlab.data.handwriting_file import MyDrawing, my_drawings
from digitlab.errors import BadRun
from digitlab.files import read_json, saving, write_json
from digitlab.ink.ink_file import InkLine, points_of
from digitlab.ink.strokes import Drawing
from digitlab.locks import Lock
from digitlab.settings import Settings

_SHARE = "pooled.json"
_PATIENCE = 10.0


def collection_is_open(settings: Settings) -> bool:
    """Whether the teacher of a class holds the collection open."""
    return settings.classroom is not None and _mark(settings).is_file()


def open_collection(settings: Settings, is_open: bool, visitor: Visitor = OWNER) -> None:
    """Open the collection or close it, for everybody and over restarts. visitor: who does it.

    Raises NotAllowed for a pupil, NotSaved when that cannot be written.
    """
    if visitor.role is Role.PUPIL:
        raise NotAllowed("Only the teacher opens and closes the class's collection.")
    mark = _mark(settings)
    with saving(mark):
        if is_open:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        else:
            mark.unlink(missing_ok=True)


def add_labelled(
    settings: Settings, visitor: Visitor, drawing: Drawing, digit: int, writer: str, label_id: str, pooled: bool
) -> MyDrawing:
    """Add a labelled drawing to a visitor's own, and to the class's collection where that is open.

    pooled: whether the visitor was told that it is.
    Raises NotAllowed when a pupil has too many, ShareFull when the collection has as much of this pupil as it takes
    (the drawing is among their own then), and what `add_drawing` raises.
    """
    own = settings.of(visitor.hand)
    if own.classroom is not None:
        check_drawings(visitor, len(my_drawings(own.drawings)), 1, own.classroom.quotas)
    added = handwriting.add_drawing(own.drawings, drawing, digit, writer, label_id)
    if pooled and own.hand and own.classroom is not None and collection_is_open(settings):
        new = _New(drawing, digit, writer, label_id)
        _pool(new, settings.of("").drawings, own, own.classroom.quotas)
    return added


class _New(NamedTuple):
    """What a pupil labelled."""

    drawing: Drawing
    digit: int
    writer: str
    label_id: str


def _pool(new: _New, shared: Path, own: Settings, quotas: Quotas) -> None:
    """Add a drawing to the collection, as far as the pupil's share goes. Raises ShareFull and what `add_drawing` does.

    What is of a pupil is written down beside their own drawings, by ids: the collection itself names writers alone.
    """
    label_id = _pooled_id(new.label_id, own.hand) if new.label_id else ""
    name = new.writer if new.writer != handwriting.ME else f"pupil {own.hand[:4]}"  # who gave no name would be one
    with _lock(own.drawings):
        ids = _share(own.drawings / _SHARE)
        present = [one for one in my_drawings(shared) if one.id in ids]
        if label_id and any(one.id == handwriting.id_under(label_id) for one in present):
            return  # it was sent twice
        points = sum(map(len, new.drawing.ink)) + sum(map(points_of, present))
        check_share(len(present) + 1, points, quotas)
        added = handwriting.add_drawing(shared, new.drawing, new.digit, name, label_id)
        write_json(own.drawings / _SHARE, {"ids": [*(one.id for one in present), added.id]})


def _lock(folder: Path) -> AcquireReturnProxy:
    """What whoever adds to a pupil's share holds; use it by `with`. Raises NotAllowed when others hold it for long."""
    try:
        return Lock(folder / f".{_SHARE}.lock").acquire(timeout=_PATIENCE)
    except Timeout as error:
        raise NotAllowed("The collection is busy just now; this drawing was added to your own alone.") from error


def _share(file: Path) -> set[str]:
    """The ids of a pupil's drawings in the collection; none where the file is missing or damaged."""
    try:
        ids = read_json(file).get("ids")
    except BadRun:
        return set()
    return {one for one in ids if isinstance(one, str)} if isinstance(ids, list) else set()


def take_back(settings: Settings, visitor: Visitor, label_id: str) -> bool:
    """Take a label back: its drawing leaves the visitor's own and the collection. Returns whether it was there.

    label_id: the one given to `add_labelled`, not empty. Raises NotSaved when it cannot be written.
    """
    own = settings.of(visitor.hand)
    if own.hand:
        handwriting.take_back(settings.of("").drawings, _pooled_id(label_id, own.hand))
    return handwriting.take_back(own.drawings, label_id)


def _pooled_id(label_id: str, hand: str) -> str:
    return f"{label_id} of {hand}"


def import_drawings(settings: Settings, visitor: Visitor, lines: list[InkLine]) -> int:
    """Add the drawings of an ink file to a visitor's own, never to the collection; returns how many were new.

    Raises NotAllowed when a pupil has too many, and what `add_from_elsewhere` raises.
    """
    own = settings.of(visitor.hand)
    if own.classroom is not None:
        check_drawings(visitor, len(my_drawings(own.drawings)), len(lines), own.classroom.quotas)
    return handwriting.add_from_elsewhere(own.drawings, lines)


def _mark(settings: Settings) -> Path:
    return settings.data / "mine" / "collection-is-open"
