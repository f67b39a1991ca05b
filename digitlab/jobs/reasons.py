"""Why a run went wrong, in plain words, with what to do about it."""

import errno

from digitlab.errors import DigitlabError

KILLED = (
    "The process ended without a word: it was killed, the machine restarted, or memory ran out. Resume goes on from "
    "the last saved step."
)


def explain(error: BaseException) -> str:
    """One or two sentences for the run's card."""
    if isinstance(error, DigitlabError):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Delete runs or free space elsewhere, then choose Resume."
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower() or "alloc" in str(error).lower():
        return "Memory ran out. Choose a smaller batch size or a smaller model, or close other programs."
    if isinstance(error, OSError):
        return f"A file could not be read or written: {error}. Check the folder and its rights, then choose Resume."
    return f"A defect of digitlab: {type(error).__name__}: {error}. The log has the details."
