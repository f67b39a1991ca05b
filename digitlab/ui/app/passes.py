"""The pass that a browser carries after its visitor gave the right code: a signed cookie with role and visitor id."""

import hashlib
import os
import secrets
from pathlib import Path

from filelock import FileLock, Timeout
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from digitlab.access import Role, Visitor, is_visitor_id
from digitlab.classroom import Classroom
from digitlab.errors import BadConfig

COOKIE = "digitlab-pass"

LASTS = {Role.PUPIL: 28 * 24 * 3600, Role.TEACHER: 12 * 3600}
"""Seconds that a pass is good for: four weeks, so that drawings are found again; a school day for the teacher."""

_SHORTEST = 32
_PATIENCE = 10.0


class Passes:
    """Writes passes and reads them. secret: of the signatures; who has it can write passes.

    The teacher's are also bound to the teacher's code: with another code the old ones end.
    """

    def __init__(self, secret: str, classroom: Classroom) -> None:
        code = hashlib.sha256(classroom.teacher_code.encode()).hexdigest()
        self._writers = {
            Role.PUPIL: URLSafeTimedSerializer(secret, salt="digitlab pupil"),
            Role.TEACHER: URLSafeTimedSerializer(secret, salt=f"digitlab teacher {code}"),
        }

    def write(self, visitor: Visitor) -> str:
        """The cookie's value for a pupil or teacher."""
        return str(self._writers[visitor.role].dumps(visitor.id))

    def read(self, cookie: str | None) -> Visitor | None:
        """Whose pass it is; None when there is none, or it is forged or has expired."""
        for role, writer in self._writers.items():
            try:
                return _visitor(role, writer.loads(cookie or "", max_age=LASTS[role]))
            except BadSignature:
                continue
        return None

    def known_id(self, cookie: str | None) -> str:
        """The visitor id of a pass, also of one that has expired: who gives the code again is who they were."""
        for role, writer in self._writers.items():
            try:
                found = _visitor(role, writer.loads(cookie or "", max_age=LASTS[role]))
            except SignatureExpired as error:
                found = _visitor(role, writer.load_payload(error.payload)) if error.payload else None
            except BadSignature:
                continue
            return found.id if found else ""
        return ""


def _visitor(role: Role, identity: object) -> Visitor | None:
    return Visitor(role, identity) if isinstance(identity, str) and is_visitor_id(identity) else None


def read_secret(folder: Path) -> str:
    """`DIGITLAB_SECRET`, or the secret in a folder's file `.secret`, which is made once and only its owner can read.

    Raises BadConfig when one of them will not do or the file cannot be written.
    """
    given = os.environ.get("DIGITLAB_SECRET") or ""
    if given:
        if len(given) < _SHORTEST:
            raise BadConfig(f"DIGITLAB_SECRET has {len(given)} characters; choose at least {_SHORTEST} random ones.")
        return given
    path = folder / ".secret"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".secret.lock", timeout=_PATIENCE):
            return _kept(path)
    except (OSError, Timeout) as error:
        reason = getattr(error, "strerror", None) or "somebody else holds it"
        raise BadConfig(
            f"{path} cannot be made: {reason}. Give access to the folder, or set DIGITLAB_SECRET."
        ) from error


def _kept(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    path.chmod(0o600)
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < _SHORTEST:
        raise BadConfig(f"{path} is damaged: it holds no secret. Delete it; everybody then joins again.")
    return secret
