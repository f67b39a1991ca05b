"""The settings of a class server: its codes, and how much each pupil may have. Read from the environment."""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field

from digitlab.access import Quotas, Role
from digitlab.errors import BadConfig

_SHORTEST, _SHORTEST_TEACHER, _LONGEST = 6, 10, 64
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of codes that are made here: none that look like another."""

_VARIABLES = {
    "runs": "DIGITLAB_PUPIL_RUNS",
    "all_runs": "DIGITLAB_PUPIL_ALL_RUNS",
    "drawings": "DIGITLAB_PUPIL_DRAWINGS",
    "pooled": "DIGITLAB_PUPIL_COLLECTED",
    "uploads": "DIGITLAB_PUPIL_UPLOADS",
    "megabytes": "DIGITLAB_PUPIL_UPLOAD_MB",
    "sockets": "DIGITLAB_PUPIL_SOCKETS",
    "messages": "DIGITLAB_PUPIL_MESSAGES",
    "page_messages": "DIGITLAB_PUPIL_PAGE_MESSAGES",
}
"""Quota → its environment variable."""

_MOST = 100_000
_LEAST = {"sockets": 2, "messages": 10, "page_messages": 2}
"""Below these a page does not work."""


@dataclass(frozen=True)
class Classroom:
    """A server for a class. code: opens the app for pupils. teacher_code: opens everything."""

    code: str = field(repr=False)
    teacher_code: str = field(repr=False)
    quotas: Quotas = field(default_factory=Quotas)

    @classmethod
    def from_environment(cls) -> "Classroom | None":
        """Read `DIGITLAB_SHARED`, the codes and the quotas; None unless the installation is shared with a class.

        A code that is not given is made anew. Raises BadConfig for a value that will not do; a code is never shown.
        """
        shared = os.environ.get("DIGITLAB_SHARED") or "off"
        if shared not in ("off", "class"):
            raise BadConfig(field="DIGITLAB_SHARED", value=shared, allowed="choose off or class")
        if shared == "off":
            return None
        code = _code("DIGITLAB_CODE", _SHORTEST) or _made(8)
        teacher_code = _code("DIGITLAB_TEACHER_CODE", _SHORTEST_TEACHER) or _made(12)
        if _key(code) == _key(teacher_code):
            raise BadConfig("DIGITLAB_CODE and DIGITLAB_TEACHER_CODE are the same; choose two different codes.")
        return cls(code, teacher_code, Quotas(**{name: _number(name) for name in _VARIABLES}))

    def role_of(self, code: str) -> Role | None:
        """Whose code it is; None for a wrong one. Takes the same time for every code."""
        given = _key(code)
        is_pupils = hmac.compare_digest(given, _key(self.code))
        is_teachers = hmac.compare_digest(given, _key(self.teacher_code))
        return Role.TEACHER if is_teachers else Role.PUPIL if is_pupils else None


def _code(variable: str, shortest: int) -> str:
    code = (os.environ.get(variable) or "").strip()
    if code and not (shortest <= len(code) <= _LONGEST and code.isprintable()):
        raise BadConfig(f"{variable} has {len(code)} characters; choose {shortest} to {_LONGEST} printable ones.")
    return code


def _made(length: int) -> str:
    """A code to be read aloud and typed on a phone: groups of four."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(length))
    return "-".join(letters[start : start + 4] for start in range(0, length, 4))


def _key(code: str) -> bytes:
    """What is compared: without regard to capitals, spaces and hyphens, which phones add, and always of one length."""
    plain = re.sub(r"[\s\-]", "", code).casefold()
    return hashlib.sha256(plain.encode(errors="backslashreplace")).digest()


def _number(name: str) -> int:
    variable, least = _VARIABLES[name], _LEAST.get(name, 1)
    value = os.environ.get(variable)
    if not value:
        return int(getattr(Quotas(), name))
    if not re.fullmatch("[0-9]{1,6}", value) or not least <= int(value) <= _MOST:
        raise BadConfig(field=variable, value=value, allowed=f"choose a whole number from {least} to {_MOST:,}")
    return int(value)
