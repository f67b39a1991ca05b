"""A run as one zip file, to keep or to hand on; what comes in is checked before any of it reaches the runs folder."""

import io
import re
import shutil
import stat
import zipfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from digitlab.errors import BadRun, DigitlabError
from digitlab.files import saving, write_json
from digitlab.folders import move_folder, scratch_folder
from digitlab.formats import short
from digitlab.models import build_model
from digitlab.runs.listing import Damaged, read_entry
from digitlab.runs.owner import as_files
from digitlab.runs.robustness import load_robustness
from digitlab.runs.run import Run, new_run_id, open_run
from digitlab.runs.scores import load_samples, load_scores
from digitlab.runs.status import UNFINISHED, State
from digitlab.runs.weights import load_resume, load_weights
from digitlab.runs.zipped import opened_zip

_MOST_BYTES = 500_000_000
_MOST_FILES = 2000

_LARGEST = {
    r"(config|status|label)\.json": 1_000_000,
    r"results\.json": 4_000_000,
    r"robustness/[a-z0-9-]{1,80}(\+[a-z0-9-]{1,80}){0,9}\.json": 1_000_000,
    r"history\.jsonl": 40_000_000,
    r"weights\.safetensors|snapshots/[0-9]{4}\.safetensors": 64_000_000,
    r"samples\.npz|evaluations/[a-z0-9-]{1,80}(\+[a-z0-9-]{1,80}){0,9}\.npz": 64_000_000,
    r"resume/state\.pt": 64_000_000,
}
"""The files of a run that travel, and how many bytes each may have. All of these names are ones that any disk takes."""
_KNOWN = {re.compile(names): most for names, most in _LARGEST.items()}

_LONGEST_NAME = 200

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


def unpack_run(data: bytes, runs: Path, hand: str = "", room: AbstractContextManager[None] | None = None) -> Run:
    """A new run, under a new id, from a zip file that `pack_run` made. runs: the folder that gets it.

    hand: whose run it becomes; an archive itself never says. room: is held while the run, checked by then, takes its
    place; what it raises is raised, and nothing is added.
    Raises BadRun when it is damaged, too large, or holds anything that a run does not, NotSaved when there is no
    room for it; then nothing is added.
    """
    with scratch_folder(runs) as scratch:
        folder = scratch / "run"
        with saving(runs):
            _extract(data, folder)
        run = open_run(folder)
        try:
            check_run(run)
        except DigitlabError as error:
            raise BadRun(f"The archive's run cannot be used: {error}") from error
        for name, content in as_files(hand).items():
            write_json(folder / name, content)
        if run.status.state in UNFINISHED:
            run.mark(State.STOPPED, "Uploaded before it was finished.")
        with room or nullcontext():
            return Run(move_folder(folder, runs / new_run_id(run.config.model, runs)))


def unpack_file(file: Path, runs: Path) -> Run:
    """A new run from a zip file on the disk, as `unpack_run` makes it; the installation's own.

    Raises BadRun also when the file cannot be read, or is larger than an archive may be.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadRun(f"{file} cannot be read: {error.strerror or error}. {_REMEDY}") from error
    if len(data) > _MOST_BYTES:
        raise BadRun(f"{file} is larger than digitlab makes any: over {_MOST_BYTES / 1e6:g} MB. {_REMEDY}")
    return unpack_run(data, runs)


def is_known(name: str) -> bool:
    """Whether a path below a run's folder is one of the files that travel with it."""
    return _most_bytes(name) > 0


def _most_bytes(name: str) -> int:
    """How large a file of this name may be; 0 for one that is no part of a run."""
    if len(name) > _LONGEST_NAME:
        return 0
    return next((most for names, most in _KNOWN.items() if names.fullmatch(name)), 0)


def _extract(data: bytes, folder: Path) -> None:
    with opened_zip(data, "The archive", _REMEDY, _MOST_FILES, _MOST_BYTES) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            run_id, _, name = member.filename.partition("/")
            is_plain = run_id not in ("", ".", "..") and not stat.S_ISLNK(member.external_attr >> 16)
            if not is_plain or not is_known(name):
                raise BadRun(f"The archive holds {short(member.filename)}, which is not part of a run. {_REMEDY}")
            if member.file_size > (most := _most_bytes(name)):
                raise BadRun(f"The archive's {name} is foreign: it holds over {most / 1e6:g} MB. {_REMEDY}")
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
    for robustness in sorted((run.folder / "robustness").glob("*.json")):
        load_robustness(robustness)
    load_samples(run)
    load_resume(run)
