"""A run as one zip file, to keep or to hand on; what comes in is checked before any of it reaches the runs folder."""

import io
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from digitlab.errors import BadRun, DigitlabError
from digitlab.files import saving
from digitlab.folders import move_folder, scratch_folder
from digitlab.models import build_model
from digitlab.runs.listing import Damaged, read_entry
from digitlab.runs.run import Run, new_run_id, open_run
from digitlab.runs.scores import has_damaged_samples, load_scores
from digitlab.runs.status import UNFINISHED, State
from digitlab.runs.weights import load_resume, load_weights

_FILES = (
    "config.json",
    "status.json",
    "results.json",
    "label.json",
    "history.jsonl",
    "weights.safetensors",
    "samples.npz",
)
_FOLDERS = {"snapshots": ".safetensors", "evaluations": ".npz", "resume": ".pt"}
_NO_FOLDERS = ("", ".", "..")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_FILES = 2000
_MOST_BYTES = 500_000_000
_LONGEST_NAME = 100
"""Characters of a file's name; file systems refuse long ones with an error of their own."""

_REMEDY = "Choose a zip file that digitlab's Download made."


def pack_run(run: Run) -> bytes:
    """A zip file of everything that the run needs to be read and continued elsewhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(run.folder.rglob("*")):
            name = path.relative_to(run.folder).as_posix()
            if path.is_file() and is_known(name):
                archive.write(path, f"{run.id}/{name}")
    return packed.getvalue()


def unpack_run(data: bytes, runs: Path) -> Run:
    """A new run, under a new id, from a zip file that `pack_run` made. runs: the folder that gets it.

    Raises BadRun when it is damaged, too large, or holds anything that a run does not, NotSaved when there is no
    room for it; then nothing is added.
    """
    with scratch_folder(runs) as scratch:
        folder = scratch / "run"
        try:
            with saving(runs):
                _extract(data, folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise BadRun(f"The archive is damaged or no zip file ({error}). {_REMEDY}") from error
        run = open_run(folder)
        try:
            check_run(run)
        except DigitlabError as error:
            raise BadRun(f"The archive's run cannot be used: {error}") from error
        if run.status.state in UNFINISHED:
            run.mark(State.STOPPED, "Uploaded before it was finished.")
        return Run(move_folder(folder, runs / new_run_id(run.config.model, runs)))


def is_known(name: str) -> bool:
    """Whether a path below a run's folder is one of the files that travel with it."""
    path = PurePosixPath(name)
    if len(name) > _LONGEST_NAME:
        return False
    if len(path.parts) == 1:
        return name in _FILES
    return len(path.parts) == 2 and path.suffix == _FOLDERS.get(path.parts[0]) and not path.name.startswith(".")


def _extract(data: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
            raise BadRun(f"The archive is larger than a run: {len(members)} files. {_REMEDY}")
        for member in members:
            run_id, _, name = member.filename.partition("/")
            is_plain = run_id not in _NO_FOLDERS and not stat.S_ISLNK(member.external_attr >> 16)
            if not is_plain or not is_known(name) or member.compress_type not in _METHODS:
                raise BadRun(f"The archive holds {member.filename[:80]!r}, which is no part of a run. {_REMEDY}")
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out)


def check_run(run: Run) -> None:
    """Read every file once, so that a foreign one is refused now and not on some page later. Raises DigitlabError."""
    entry = read_entry(run)
    if isinstance(entry, Damaged):
        raise BadRun(entry.reason)
    model = build_model(entry.config.model)
    for weights in [run.weights, *run.snapshots]:
        if weights.is_file():
            load_weights(weights, model)
    for scores in sorted((run.folder / "evaluations").glob("*.npz")):
        load_scores(scores, entry.config.model)
    if has_damaged_samples(run):
        raise BadRun("its samples.npz is damaged. Leave it out.")
    load_resume(run)
