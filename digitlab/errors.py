"""What can go wrong, said in one line that names the value and the remedy.

Anything that a user can cause is a `DigitlabError`: the command line prints its message and exits with 2, the app
shows it in a callout. Every other exception is a defect of digitlab.
"""

import errno
from collections.abc import Iterable
from pathlib import Path

from digitlab.formats import one_line, short


class DigitlabError(Exception):
    """Base of every error whose message is meant for the user: one printable line, whatever a library adds to it."""

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


class BadConfig(DigitlabError):
    """A training setting that is unknown or out of range.

    field, value, allowed: the setting, what it was given, and what it may be, as a form says it in its own words; field
    is empty where the trouble is with no single setting.
    trouble: what is wrong, without the names that are known, which help those who wrote one, and nobody whose file is
    damaged.
    """

    def __init__(
        self, message: str = "", *, field: str = "", value: object = None, allowed: str = "", known: Iterable[str] = ()
    ) -> None:
        self.trouble = message or f"{field} is {short(value)}; {allowed}."
        names = ", ".join(known)
        super().__init__(f"{self.trouble} Known are: {names}." if names else self.trouble)
        self.field, self.value, self.allowed = field, value, allowed


class BadPicture(DigitlabError):
    """A file that is no picture, or one that cannot be read safely."""


class BadInk(DigitlabError):
    """Pen strokes that do not have the shape of ink."""


class BlankDrawing(DigitlabError):
    """A picture or drawing without ink."""


class BadRun(DigitlabError):
    """A run folder with a missing, damaged or foreign file."""


class UnknownName(DigitlabError):
    """A model, run, data set or preset that does not exist."""


class DataMissing(DigitlabError):
    """A data set whose files are neither here nor to be had."""


class NotInstalled(DigitlabError):
    """A package that only some formats need, and that is not here."""


class NotSaved(DigitlabError):
    """Something that could not be written to the disk.

    path, cause: what was written, and what the system said. Without them the message stands alone.
    """

    def __init__(
        self, message: str = "", *, path: Path | None = None, cause: OSError | None = None, remedy: str = ""
    ) -> None:
        self.path, self.cause = path, cause
        reason = (cause.strerror or str(cause).rstrip(".")) if cause else ""
        super().__init__(message or f"{path} cannot be written: {reason}. {self._remedy(remedy)}")

    def _remedy(self, otherwise: str) -> str:
        if self.cause is not None and self.cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return "Delete runs or make room elsewhere, then try again."
        return otherwise or "Give this account the right to write there, or choose another folder."
