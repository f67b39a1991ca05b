"""Who is at the page, and what they may do with a run: the library's rules, asked for this session's visitor."""

import streamlit as st

from digitlab.access import NotAllowed, Role, Visitor
from digitlab.errors import DigitlabError
from digitlab.runs.owner import may_change_run, may_see_samples
from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.ui.app.guard import visitor_with
from digitlab.ui.app.installation import settings
from digitlab.ui.app.passes import COOKIE


def visitor() -> Visitor:
    """Who is there, by the pass that the session's socket was opened with.

    Raises NotAllowed when the pass has ended meanwhile.
    """
    found = visitor_with(_cookie())
    if found is None:
        raise NotAllowed("Your pass has ended. Load the page again to join.")
    return found


def own_settings() -> Settings:
    """The installation's settings as the visitor has them: `mine` is what they drew."""
    return settings().of(visitor().hand)


def is_apart() -> bool:
    """Whether drawings of several people lie apart here: then no run may keep what one of them drew for the others."""
    return settings().classroom is not None


def is_teacher() -> bool:
    """Whether the teacher of a class is there."""
    return visitor().role is Role.TEACHER


def may_change(run: Run) -> bool:
    """Whether the visitor may pause, stop, resume, rename, star or delete the run."""
    return may_change_run(visitor(), run)


def may_see(run: Run) -> bool:
    """Whether the visitor may see the images that the run kept, and download it."""
    try:
        return may_see_samples(visitor(), run)
    except DigitlabError:
        return False


def _cookie() -> str | None:
    return st.context.cookies.get(COOKIE)
