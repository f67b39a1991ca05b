"""The class's collection: while the teacher holds it open, what pupils label is also added to the teacher's drawings.

A pupil's own drawings lie apart (`Settings.drawings`), and only they see them. Nothing is pooled before the pupil's
page has said that the collection is open.
"""

from pathlib import Path

from digitlab.access import OWNER, NotAllowed, Role, Visitor, check_drawings
from digitlab.config import Settings
from digitlab.data import handwriting
from digitlab.data.handwriting_file import MyDrawing, my_drawings
from digitlab.files import saving
from digitlab.ink.ink_file import InkLine
from digitlab.ink.strokes import Drawing


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
    Raises NotAllowed when a pupil has too many, and what `add_drawing` raises.
    """
    own = settings.of(visitor.hand)
    if own.classroom is not None:
        check_drawings(visitor, len(my_drawings(own.drawings)), 1, own.classroom.quotas)
    added = handwriting.add_drawing(own.drawings, drawing, digit, writer, label_id)
    if pooled and own.hand and collection_is_open(settings):
        pooled_id = _pooled_id(label_id, own.hand) if label_id else ""
        name = writer if writer != handwriting.ME else f"pupil {own.hand[:4]}"  # or all who gave no name would be one
        handwriting.add_drawing(settings.of("").drawings, drawing, digit, name, pooled_id)
    return added


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
