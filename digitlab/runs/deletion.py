"""Deleting a run: at once gone from every list, then from the disk."""

import shutil

from digitlab.errors import BadRun
from digitlab.runs.run import RUN_ID, Run


def delete_run(run: Run) -> None:
    """Delete the folder. Raises BadRun for a checkpoint, and while a process works on the run."""
    if not RUN_ID.fullmatch(run.id):
        raise BadRun(f"{run.id} ships with digitlab and is not deleted here.")
    if run.is_locked():
        raise BadRun(f"{run.id} is being trained. Stop it first, then delete it.")
    doomed = run.folder.rename(run.folder.with_name(f".deleted-{run.id}"))
    shutil.rmtree(doomed, ignore_errors=True)
