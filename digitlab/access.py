"""Who may do what in an installation: its visitors, and the rules that every page and route asks.

On a computer of one's own everybody is the OWNER of everything. On a class server a visitor is a pupil or the teacher.
What belongs to somebody is marked with their hand: a pupil's is the visitor id; what has none belongs to the
installation, which the teacher looks after.
"""

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from digitlab.errors import DigitlabError

_VISITOR = re.compile("[0-9a-f]{32}")


class NotAllowed(DigitlabError):
    """Something that this visitor may not do, or not yet."""


class Role(StrEnum):
    """What somebody is here. OWNER: nobody is told apart, everything is open."""

    OWNER = "owner"
    PUPIL = "pupil"
    TEACHER = "teacher"


def is_visitor_id(text: str) -> bool:
    """Whether a text is a visitor id: 32 hexadecimal digits, fit for a file's name."""
    return _VISITOR.fullmatch(text) is not None


def new_visitor_id() -> str:
    """An id that nobody else has and nobody can guess."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Visitor:
    """Somebody who uses the app. id: of their pass; empty for the OWNER, who needs none."""

    role: Role = Role.OWNER
    id: str = ""

    @property
    def hand(self) -> str:
        """What marks their runs and drawings; empty for those of the installation."""
        return self.id if self.role is Role.PUPIL else ""


OWNER = Visitor()
"""Whoever uses a computer of their own."""


@dataclass(frozen=True)
class Quotas:
    """How much one pupil may have or do.

    runs: unfinished ones at a time. all_runs: kept in all. drawings: labelled ones kept. pooled: of
    them in the class's collection, with 200 points of the pen each on average. uploads, megabytes: files and
    their size in an hour. sockets: open connections; a page has two or three. messages: drawings a second, over all of
    them. page_messages: what pages are asked to do, a second, four times as many at once; each makes a page run, which
    takes far more time.
    """

    runs: int = 1
    all_runs: int = 20
    drawings: int = 2000
    pooled: int = 200
    uploads: int = 30
    megabytes: int = 60
    sockets: int = 16
    messages: int = 120
    page_messages: int = 5


POINTS_EACH = 200
"""Points of the pen that a drawing in the class's collection may have on average; a digit has some 50."""


class ShareFull(NotAllowed):
    """The collection has as much of a pupil as it takes."""


def may_change(visitor: Visitor, hand: str) -> bool:
    """Whether a visitor may pause, stop, resume, rename, star or delete what carries this hand."""
    return visitor.role is not Role.PUPIL or (bool(hand) and visitor.hand == hand)


def check_change(visitor: Visitor, hand: str, name: str) -> None:
    """Raises NotAllowed when `may_change` says no. name: what people call the thing."""
    if not may_change(visitor, hand):
        raise NotAllowed(f"{name} belongs to somebody else. Only they and the teacher may change it.")


def may_see_drawings(visitor: Visitor, hand: str) -> bool:
    """Whether a visitor may see drawings that carry this hand, also where a run shows what it learned from them."""
    return may_change(visitor, hand)


def check_turn(visitor: Visitor, unfinished: int, quotas: Quotas) -> None:
    """Whether a visitor may let another training run. unfinished: their own that are not finished.

    Raises NotAllowed when a pupil has as many as allowed.
    """
    if visitor.role is Role.PUPIL and unfinished >= quotas.runs:
        raise NotAllowed(
            f"You have {unfinished} unfinished {'run' if unfinished == 1 else 'runs'}; each pupil may have "
            f"{quotas.runs} at a time. Wait until it is done, or stop it on Train or Lab."
        )


def check_room(visitor: Visitor, present: int, quotas: Quotas) -> None:
    """Whether a visitor may have one more run. present: their own. Raises NotAllowed when a pupil has too many."""
    if visitor.role is Role.PUPIL and present >= quotas.all_runs:
        raise NotAllowed(f"You have {present} runs; each pupil may keep {quotas.all_runs}. Delete some on Train.")


def check_drawings(visitor: Visitor, present: int, new: int, quotas: Quotas) -> None:
    """Whether a visitor may add drawings to those that are kept. Raises NotAllowed when a pupil has too many."""
    if visitor.role is Role.PUPIL and present + new > quotas.drawings:
        raise NotAllowed(
            f"You have {present:,} drawings; each pupil may keep {quotas.drawings:,}. Delete some on My handwriting."
        )


def check_share(drawings: int, points: int, quotas: Quotas) -> None:
    """Whether a pupil's share of the class's collection holds so many drawings with so many points of the pen.

    Raises ShareFull when it does not.
    """
    if drawings > quotas.pooled or points > POINTS_EACH * quotas.pooled:
        raise ShareFull(
            f"Your share of the class's collection is full: {quotas.pooled:,} drawings, or {POINTS_EACH} points of the "
            "pen for each. This drawing was added to your own alone."
        )
