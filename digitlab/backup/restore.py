"""A backup is put back: all of it is checked before any of it is in place, and nothing that is here is overwritten."""

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitlab.backup.back_up import DATED, KIND, MANIFEST, RUNS, SWEEPS, VERSION, is_drawings_file, is_member
from digitlab.data.handwriting import delete_drawings, restore_drawings
from digitlab.data.handwriting_file import MyDrawing, parse_drawings
from digitlab.errors import DigitlabError, UnknownName
from digitlab.files import saving
from digitlab.folders import make_folder, move_folder, scratch_folder
from digitlab.formats import short
from digitlab.runs.archive import check_run
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings
from digitlab.sweeps.sweep import FOLDER, UNDER_WAY, Sweep, SweepState, check_sweep

_LARGEST_MANIFEST = 64_000_000
_CHUNK = 1_000_000
_ENDED = "Restored from a backup that was made while it was under way."
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, NotImplementedError)
"""What zipfile raises for damaged and foreign files."""


class BadBackup(DigitlabError):
    """A backup that is damaged, foreign or not whole."""


@dataclass
class Restored:
    """What came of it: ids of runs that were put in place, that were here already, and that are here with other
    content and stay as they are; the same of sweeps; the number of drawings that were added, and of those here."""

    file: Path
    restored: list[str] = field(default_factory=list)
    already_here: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    sweeps: list[str] = field(default_factory=list)
    sweeps_already_here: list[str] = field(default_factory=list)
    sweeps_different: list[str] = field(default_factory=list)
    drawings: int = 0
    drawings_here: int = 0


def restore(source: Path, settings: Settings) -> Restored:
    """Put the runs, sweeps and drawings of a backup back.

    source: a file that `back_up` wrote, or a folder of them, of which the newest is taken. What is here stays as it
    is. Raises UnknownName when there is no backup, BadBackup when it is not whole or holds what no installation does,
    NotSaved when there is no room or no right; then everything is as before.
    """
    file = _newest(source)
    found = Restored(file)
    with _opened(file) as archive, scratch_folder(settings.runs, "Name another folder by DIGITLAB_RUNS.") as scratch:
        sums = _manifest(file, archive)
        _check_room(scratch, sums)
        with saving(settings.runs):
            for name, known in sums.items():
                _extract(archive, name, known, scratch / name)
        new = [
            *_sweeps_to_place(scratch / SWEEPS, settings.runs / FOLDER, found),
            *_runs_to_place(scratch / RUNS, settings.runs, found),
        ]
        drawings = _drawings(scratch, sums)
        _put_in_place(new, drawings, settings, found)
    return found


def _newest(source: Path) -> Path:
    if not source.is_dir():
        return source
    files = sorted(source.glob(DATED))
    if not files:
        raise UnknownName(f"{source} holds no backup ({DATED}). Name the file.")
    return files[-1]


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with file.open("rb") as opened, zipfile.ZipFile(opened) as archive:
            yield archive
    except OSError as error:
        raise UnknownName(f"{file} cannot be read: {error.strerror or error}. Name a file of `backup`.") from error
    except _DAMAGED as error:
        raise BadBackup(f"{file} is damaged or not a backup ({error}). Nothing was restored; take another.") from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    """Name → bytes and sum. Raises BadBackup unless exactly these files are there and each may be."""
    if MANIFEST not in archive.namelist() or archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise BadBackup(f"{file} is not a backup: it has no {MANIFEST}. Name a file of `digitlab backup`.")
    manifest = json.loads(archive.read(MANIFEST))
    kind, version = (manifest.get("kind"), manifest.get("version")) if isinstance(manifest, dict) else (None, None)
    if (kind, version) != (KIND, VERSION) or not isinstance(manifest.get("files"), dict):
        raise BadBackup(f"{file} is not a backup that this version reads ({short(kind)}, version {short(version)}).")
    sums: dict[str, dict[str, Any]] = manifest["files"]
    if sorted(archive.namelist()) != sorted([*sums, MANIFEST]):
        raise BadBackup(
            f"{file} is not whole: its files are not those of its list. Nothing was restored; take another."
        )
    for name, known in sums.items():
        if not is_member(name):
            raise BadBackup(f"{file} holds {short(name)}, which no backup does. Nothing was restored.")
        if not isinstance(known, dict) or known.get("bytes") != archive.getinfo(name).file_size:
            raise BadBackup(f"{file} is not whole: {name} has another size than its list says. Nothing was restored.")
    return sums


def _check_room(scratch: Path, sums: Mapping[str, Mapping[str, Any]]) -> None:
    needed, free = sum(known["bytes"] for known in sums.values()), shutil.disk_usage(scratch).free
    if needed > free:
        raise BadBackup(f"The backup needs {needed / 1e6:.0f} MB and {free / 1e6:.0f} MB are free. Make room first.")


def _extract(archive: zipfile.ZipFile, name: str, known: Mapping[str, Any], target: Path) -> None:
    """Raises BadBackup when the content is not what the list says."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(name) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != known.get("sha256"):
        raise BadBackup(f"{name} in the backup is damaged: its sum is another. Nothing was restored; take another.")


_Move = tuple[Path, Path]
"""A folder that is checked and ready, and where it goes."""


def _runs_to_place(folder: Path, home: Path, found: Restored) -> list[_Move]:
    """The runs that are not here yet. home: the folder of the installation's runs. Raises BadBackup."""
    new = _those_missing(folder, home, found.already_here, found.different)
    for run in map(Run, new):
        with _named(run.id):
            check_run(run)
        if run.status.state in UNFINISHED:
            run.mark(State.STOPPED, _ENDED)
        found.restored.append(run.id)
    return [(one, home / one.name) for one in new]


def _sweeps_to_place(folder: Path, home: Path, found: Restored) -> list[_Move]:
    """The sweeps that are not here yet. home: the folder of the installation's sweeps. Raises BadBackup."""
    new = _those_missing(folder, home, found.sweeps_already_here, found.sweeps_different)
    for sweep in map(Sweep, new):
        with _named(sweep.id):
            check_sweep(sweep)
        if sweep.status.state in UNDER_WAY:
            sweep.mark(SweepState.STOPPED, _ENDED)
        found.sweeps.append(sweep.id)
    return [(one, home / one.name) for one in new]


def _those_missing(folder: Path, home: Path, already_here: list[str], different: list[str]) -> list[Path]:
    """Folders of the backup whose names are free here; the others are told as the same or as different."""
    new = []
    for one in sorted(folder.iterdir()) if folder.is_dir() else []:
        if (present := home / one.name).exists():
            (already_here if _same(one, present) else different).append(one.name)
        else:
            new.append(one)
    return new


@contextmanager
def _named(one: str) -> Iterator[None]:
    """Makes BadBackup of what is wrong with a run or sweep of the backup."""
    try:
        yield
    except DigitlabError as error:
        raise BadBackup(f"{one} in the backup cannot be used: {error}") from error


def _same(backup: Path, present: Path) -> bool:
    """Whether every file of the backup is here with the same content."""
    files = [path for path in backup.rglob("*") if path.is_file()]
    return all(_sum(path) == _sum(present / path.relative_to(backup)) for path in files)


def _sum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _drawings(scratch: Path, sums: Mapping[str, Any]) -> dict[Path, list[MyDrawing]]:
    """Data folder, as a path below the installation's → the drawings of the backup. Raises BadBackup."""
    try:
        return {
            Path(name).parent.parent: parse_drawings((scratch / name).read_bytes(), f"{name} in the backup")
            for name in sums
            if is_drawings_file(name)
        }
    except DigitlabError as error:
        raise BadBackup(f"{error} Nothing was restored.") from error


def _put_in_place(
    new: list[_Move], drawings: Mapping[Path, list[MyDrawing]], settings: Settings, found: Restored
) -> None:
    """All of it, or none: what was put in place goes again when something later cannot be."""
    placed: list[Path] = []
    added: dict[Path, list[str]] = {}
    try:
        for folder, target in new:
            make_folder(target.parent)
            placed.append(move_folder(folder, target))
        for below, those in drawings.items():
            added[settings.data / below] = restore_drawings(settings.data / below, those)
    except BaseException:
        for folder in placed:
            shutil.rmtree(folder, ignore_errors=True)
        for folder, ids in added.items():
            with suppress(DigitlabError):
                delete_drawings(folder, ids)
        raise
    found.drawings = sum(map(len, added.values()))
    found.drawings_here = sum(map(len, drawings.values())) - found.drawings
