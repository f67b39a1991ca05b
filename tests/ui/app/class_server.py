"""A class server for tests: its codes, its settings, and passes for its visitors."""

import pytest

from digitlab.access import Role, Visitor
from digitlab.ui.app import installation
from digitlab.ui.app.passes import COOKIE, Passes

CODE, TEACHER_CODE = "class-code", "teacher-code"
ANNA, BO = Visitor(Role.PUPIL, "a" * 32), Visitor(Role.PUPIL, "b" * 32)
TEACHER = Visitor(Role.TEACHER, "c" * 32)


def share(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Make this installation a class server. variables: further ones, without DIGITLAB_."""
    given = {"SHARED": "class", "CODE": CODE, "TEACHER_CODE": TEACHER_CODE, **variables}
    for name, value in given.items():
        monkeypatch.setenv(f"DIGITLAB_{name}", value)
    for read_once in (installation.settings, installation.catalogue, installation.passes):
        read_once.cache_clear()


def cookie_of(visitor: Visitor) -> str:
    """The pass of a visitor as their browser sends it."""
    writer = installation.passes()
    assert isinstance(writer, Passes)
    return writer.write(visitor)


def header_of(visitor: Visitor) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={cookie_of(visitor)}"}
