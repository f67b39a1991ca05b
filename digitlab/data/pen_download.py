"""The pen digits from where UNIPEN publishes them: fetched, unpacked, and made an ink file."""

import json
import tarfile
import tempfile
import urllib.request
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock

from digitlab.data import Progress, quiet
from digitlab.data.download import PATIENCE, Remote, fetch, reason_of
from digitlab.data.pen import pen_files
from digitlab.errors import DataMissing
from digitlab.ink.ink_file import write_ink_file
from digitlab.ink.unipen_folder import read_unipen

RECORD = "https://zenodo.org/api/records/1195803"
"""Where Zenodo lists the files of UNIPEN's train_r01_v07, doi:10.5281/zenodo.1195803."""

_ARCHIVES = (".tgz", ".tar.gz", ".tar.bz2", ".tar", ".zip")
_NEEDED = {"1a", "include"}
"""The folders of isolated digits, and of what their files include."""

_MOST_BYTES = 1_000_000
"""Of the list of files."""


def download_pen(folder: Path, progress: Progress = quiet) -> None:
    """Make `pen-digits/pen-digits.jsonl.gz` of UNIPEN's isolated digits; what is there already is left as it is.

    progress: is told of the bytes. A download that broke off goes on where it stopped.
    Raises DataMissing when it cannot be had, NotSaved when the ink file cannot be written.
    """
    target = folder / "pen-digits"
    try:
        target.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".pen.lock"):
            if pen_files(folder):
                return
            remote, size = _find_archive()
            archive = target / remote.name
            fetch(remote, archive, lambda done: progress("downloading UNIPEN", min(done, size), size))
            with tempfile.TemporaryDirectory(dir=target, prefix=".unipen-") as scratch:
                _unpack(archive, Path(scratch))
                write_ink_file(target / "pen-digits.jsonl.gz", read_unipen(Path(scratch)).drawings)
            archive.unlink()
    except (OSError, ValueError, KeyError, TypeError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise DataMissing(
            f"The pen digits are not in {folder} and could not be downloaded ({reason_of(error)}). Connect to the "
            "network, or choose the data set mnist."
        ) from error


def _find_archive() -> tuple[Remote, int]:
    """The one archive that the record lists, and its size in bytes."""
    with urllib.request.urlopen(RECORD, timeout=PATIENCE) as answer:
        files: list[dict[str, Any]] = json.loads(answer.read(_MOST_BYTES))["files"]
    found = next((file for file in files if str(file["key"]).lower().endswith(_ARCHIVES)), None)
    if found is None:
        raise ValueError("the record lists no archive")
    kind, _, checksum = str(found["checksum"]).partition(":")
    if kind != "md5":
        raise ValueError(f"the record names a checksum of the kind {kind[:20]!r}")
    name = PurePosixPath(str(found["key"])).name
    return Remote(name, [str(found["links"]["self"])], checksum), int(found["size"])


def _unpack(archive: Path, scratch: Path) -> None:
    """The needed members, none of which can leave the folder."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for name in filter(_is_needed, packed.namelist()):
                packed.extract(name, scratch)
        return
    with tarfile.open(archive) as tar:
        tar.extractall(scratch, [member for member in tar if _is_needed(member.name)], filter="data")


def _is_needed(name: str) -> bool:
    return bool(_NEEDED & {part.lower() for part in PurePosixPath(name).parts})
