import errno
import re

import pytest

from digitlab.errors import BadRun
from digitlab.jobs.reasons import explain


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BadRun("Just so."), "Just so."),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full. Delete runs"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full. Delete runs"),
        (MemoryError(), "Memory ran out. Choose a smaller batch size"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "Memory ran out."),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "A file could not be read or written: .*denied"),
        (ZeroDivisionError("by chance"), "A defect of digitlab: ZeroDivisionError: by chance"),
    ],
)
def test_every_error_gets_a_reason_with_a_remedy(error: BaseException, words: str) -> None:
    assert re.match(words, explain(error))
