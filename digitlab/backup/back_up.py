"""A backup: one zip file with all runs, sweeps and drawings, and the sums that tell whether it is whole.

    manifest.json               what is in it: name → bytes and SHA-256
    sweeps/<sweep id>/…         what the sweep tries, how far it is, and what Optuna knows of it
    runs/<run id>/…             what an archive of the run holds, its log, its place in a sweep, and whose it is
    mine/digits.jsonl           the user's own drawings with their digits; those of a class in `mine/<visitor>/mine/`

Checkpoints and public data sets are not in it: they come with digitlab or are downloaded again.
"""

import hashlib
import json
import re
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digitlab.data.handwriting_file import my_drawings
from digitlab.errors import BadRun, DigitlabError, NotSaved
from digitlab.files import new_file
from digitlab.folders import make_folder
from digitlab.runs.archive import check_run, is_known
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import RUN_ID, Run, now
from digitlab.settings import Settings
from digitlab.sweeps.journal import FACTS
from digitlab.sweeps.sweep import KEPT, SWEEP_ID, Sweep, check_sweep, sweeps

MANIFEST = "manifest.json"
KIND = "digitlab backup"
VERSION = 1
RUNS = "runs"
SWEEPS = "sweeps"
DATED = "digitlab-*.zip"
"""What a backup is called in a folder."""

_BESIDE = ("train.log", "owner.json", FACTS)
"""Files of a run that are in no archive: they concern this installation alone."""

_DRAWINGS = re.compile(r"mine/([A-Za-z0-9_-]{1,64}/mine/)?digits\.jsonl")

_TRIES = 100
_PAUSE = 0.05
"""Seconds between two tries to copy a folder that is being written."""


@dataclass(frozen=True)
class BackedUp:
    """What was written. left_out: id of a run or sweep, or file → why it is not in the backup."""

    file: Path
    runs: int
    sweeps: int
    drawings: int
    left_out: Mapping[str, str]


def back_up(target: Path, settings: Settings) -> BackedUp:
    """Write a backup of all runs, sweeps and drawings, whole or not at all.

    target: the file, or a folder, which gets one named by the time; a name without an ending is a folder's, which is
    made. A run or sweep that is under way is copied as it stands at one moment between two of its writes, as if it had
    been killed there. What is damaged is left out.
    Raises NotSaved when the file is there already, the disk is full, or the folder cannot be written.
    """
    if not target.suffix and not target.exists():
        make_folder(target)
    file = target / f"digitlab-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip" if target.is_dir() else target
    if file.exists():
        raise NotSaved(f"{file} is there already. Name another file, or a folder, which gets one named by the time.")
    writing = _Writing(file)
    with new_file(file, "Name another file.") as out, zipfile.ZipFile(out, "w") as archive:
        for sweep in sweeps(settings):  # before its runs: one that begins meanwhile says itself to which it belongs
            writing.add_sweep(archive, sweep)
        for run in Catalogue(settings).runs():
            writing.add_run(archive, run)
        for path in sorted(settings.data.glob("mine/**/digits.jsonl")):
            writing.add_drawings(archive, path, path.relative_to(settings.data).as_posix())
        writing.finish(archive)
    return BackedUp(file, writing.runs, writing.sweeps, writing.drawings, writing.left_out)


def is_member(name: str) -> bool:
    """Whether a backup may hold a file of this name."""
    kind, _, rest = name.partition("/")
    folder, _, inner = rest.partition("/")
    if kind == RUNS:
        return bool(RUN_ID.fullmatch(folder)) and _is_of_run(inner)
    if kind == SWEEPS:
        return bool(SWEEP_ID.fullmatch(folder)) and inner in KEPT
    return is_drawings_file(name)


def is_drawings_file(name: str) -> bool:
    """Whether a member of a backup is a file of drawings."""
    return bool(_DRAWINGS.fullmatch(name))


def _is_of_run(name: str) -> bool:
    return is_known(name) or name in _BESIDE


class _Writing:
    """A backup under way, and the sums of what is in it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.runs = 0
        self.sweeps = 0
        self.drawings = 0
        self.left_out: dict[str, str] = {}
        self._sums: dict[str, dict[str, object]] = {}

    def add_run(self, archive: zipfile.ZipFile, run: Run) -> None:
        self.runs += self._add_folder(archive, RUNS, run.folder, lambda: check_run(run), _is_of_run)

    def add_sweep(self, archive: zipfile.ZipFile, sweep: Sweep) -> None:
        self.sweeps += self._add_folder(archive, SWEEPS, sweep.folder, lambda: check_sweep(sweep), KEPT.__contains__)

    def add_drawings(self, archive: zipfile.ZipFile, path: Path, name: str) -> None:
        if not is_drawings_file(name):
            return
        try:
            count = len(my_drawings(path.parent.parent))
            self._add(archive, name, path.read_bytes())
            self.drawings += count
        except DigitlabError as error:
            self.left_out[name] = str(error)

    def finish(self, archive: zipfile.ZipFile) -> None:
        manifest = {"kind": KIND, "version": VERSION, "made": now(), "files": self._sums}
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1), zipfile.ZIP_DEFLATED)

    def _add_folder(
        self,
        archive: zipfile.ZipFile,
        kind: str,
        folder: Path,
        check: Callable[[], None],
        is_kept: Callable[[str], bool],
    ) -> bool:
        """Add a run or sweep; whether it could be. kind: where in the backup. is_kept: as `_at_one_moment` takes it."""
        try:
            check()
            files = _at_one_moment(folder, is_kept)
        except DigitlabError as error:
            self.left_out[folder.name] = str(error)
            return False
        for name, content in files.items():
            self._add(archive, f"{kind}/{folder.name}/{name}", content)
        return True

    def _add(self, archive: zipfile.ZipFile, name: str, content: bytes) -> None:
        packed = zipfile.ZIP_DEFLATED if name.endswith((".json", ".jsonl", ".log")) else zipfile.ZIP_STORED
        archive.writestr(name, content, packed)
        self._sums[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _at_one_moment(folder: Path, is_kept: Callable[[str], bool]) -> dict[str, bytes]:
    """The files of a run or sweep, name → content, between two of its writes: none changed from first look to last.

    is_kept: whether a file of this name belongs to the backup. Raises BadRun when they cannot be read, or when
    something was written each time.
    """
    for _ in range(_TRIES):
        before = _stamps(folder, is_kept)
        try:
            files = {name: (folder / name).read_bytes() for name in before}
        except FileNotFoundError:  # a snapshot of a run that begins anew, or the run is being deleted
            files = {}
        except OSError as error:
            raise BadRun(f"{folder} cannot be read: {error.strerror}. Give this account access to it.") from error
        if files and before == _stamps(folder, is_kept):
            return files
        time.sleep(_PAUSE)
    raise BadRun(f"{folder.name} was written all the time, or deleted. Pause it, or make the backup later.")


def _stamps(folder: Path, is_kept: Callable[[str], bool]) -> dict[str, tuple[int, int, int]]:
    stamps = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if is_kept(name) and path.is_file():
            found = path.stat()
            stamps[name] = (found.st_ino, found.st_mtime_ns, found.st_size)
    return stamps
