"""Files made in a process of their own: while torch traces a network, it changes how all networks of the process run.

Measured: another network that read meanwhile gave logits that were off by up to 2e-6. So a server, whose models answer
all the time, never traces by itself; nor does it keep the memory. The process is the command `digitlab export`.
"""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from digitlab.errors import BadRun
from digitlab.export.exports import Export, Files
from digitlab.runs.run import Run

_LONGEST = 300
"""Seconds after which the process is ended; on a busy machine, the largest model took 40."""

_PROJECT = Path(__file__).resolve().parent.parent.parent

_one_at_a_time = threading.Lock()
"""Each process takes half a gigabyte of memory."""


def make_apart(export: Export, run: Run) -> Files:
    """The file of a format that is no folder, made by another process. Waits while another one is made.

    Raises BadRun with the line that the process ended with, or when it cannot be started or takes too long.
    """
    name = export.file_of(run)
    with _one_at_a_time, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        try:
            ended = subprocess.run(  # noqa: S603  the arguments are our own
                [sys.executable, "-m", "digitlab", "export", run.folder.resolve(), "--format", export.name, "-o", file],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                cwd=_PROJECT,
                env={key: value for key, value in os.environ.items() if not key.startswith("DIGITLAB_")},
                timeout=_LONGEST,
            )
        except subprocess.TimeoutExpired as error:
            raise BadRun(f"{name} took over {_LONGEST} s. Try again when less is going on.") from error
        except OSError as error:
            raise BadRun(f"No process can be started for {name}: {error.strerror}. Close other programs.") from error
        if ended.returncode:
            said = (ended.stderr.strip().splitlines() or ["its process was ended."])[-1].removeprefix("Error: ")
            raise BadRun(f"{name} cannot be made: {said}")
        return {name: file.read_bytes()}
