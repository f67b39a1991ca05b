"""train.log: what a run's process printed."""

import os

from digitlab.runs.run import Run

_MOST_BYTES = 64 * 1024


def tail(run: Run, lines: int = 40) -> str:
    """The last lines of the log; empty when there is none."""
    try:
        with (run.folder / "train.log").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _MOST_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
