"""MNIST: 60,000 training and 10,000 test images, read by torchvision and, where missing, downloaded.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", CC BY-SA 3.0.
"""

import gzip
import http.client
import os
import shutil
import tempfile
import urllib.request
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from digitlab.data import PartName, Progress, quiet
from digitlab.errors import DataMissing

if TYPE_CHECKING:  # torch is imported where images are made: to tell whether the files are here needs none
    from digitlab.data.parts import Part

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_PATIENCE = 30.0
"""Seconds that the network may be silent."""

_CHUNK = 256 * 1024
_SIZE = 11_594_722
"""Bytes that are fetched at once, and of all four files."""


def mnist_is_here(folder: Path) -> bool:
    """Whether the data folder holds the four files, packed or unpacked, under `MNIST/raw/`."""
    raw = folder / "MNIST" / "raw"
    return all((raw / name).is_file() or (raw / f"{name}.gz").is_file() for name in FILES)


def load_mnist(folder: Path, part: PartName, validation_share: float, progress: Progress = quiet) -> "Part":
    """One part of MNIST; the validation part is held out of the 60,000 training images.

    Downloads the files into `folder` when they are not there; progress is told of the bytes.
    Raises DataMissing when that fails or a file is damaged.
    """
    from digitlab.data.parts import hold_out

    if not mnist_is_here(folder):
        _download(folder, progress)
    images = _read(folder, train=part is not PartName.TEST)
    if part is PartName.TEST:
        return images
    rest, held = hold_out(images, validation_share)
    return held if part is PartName.VALIDATION else rest


def _download(folder: Path, progress: Progress) -> None:
    """Fetch the four files. They are moved into place whole, so that an interrupted download leaves nothing."""
    from torchvision.datasets import MNIST  # slow to import, and needed by no one who only reads a drawing

    raw = folder / "MNIST" / "raw"
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".mnist.lock"), tempfile.TemporaryDirectory(dir=folder, prefix=".mnist-") as scratch:
            if mnist_is_here(folder):  # another process was quicker
                return
            done = 0
            for name, md5 in MNIST.resources:
                done = _fetch(name, md5, Path(scratch) / name, done, progress)
            for file in Path(scratch).glob("*.gz"):
                os.replace(file, raw / file.name)
    except (OSError, RuntimeError) as error:
        raise DataMissing(
            f"MNIST is not in {folder} and could not be downloaded ({_reason(error)}). Connect to the network, copy "
            f"the four gzip files to {raw}, or choose the data set sklearn, which needs neither."
        ) from error


def _fetch(name: str, md5: str, target: Path, done: int, progress: Progress) -> int:
    """One file from the first of torchvision's mirrors that has it; gives back how many bytes there are by then.

    torchvision's own download sets no time limit and would wait for a silent network forever. Raises OSError.
    """
    from torchvision.datasets import MNIST
    from torchvision.datasets.utils import check_integrity

    trouble: OSError | None = None
    for mirror in MNIST.mirrors:
        try:
            received = done
            with urllib.request.urlopen(mirror + name, timeout=_PATIENCE) as answer, target.open("wb") as file:  # noqa: S310  https, from torchvision's list
                while chunk := answer.read(_CHUNK):
                    file.write(chunk)
                    received += len(chunk)
                    progress("downloading MNIST", min(received, _SIZE), _SIZE)
        except (OSError, http.client.HTTPException) as error:  # URLError and a time-out are of the first kind
            trouble = OSError(_reason(error))
            continue
        if check_integrity(target, md5):
            return received
        trouble = OSError(f"{name} came with a wrong checksum")
    raise trouble or OSError(f"no mirror for {name}")


def _read(folder: Path, *, train: bool) -> "Part":
    """All images of one half. Unpacks in a folder of its own: the data folder may be read-only."""
    from torchvision.datasets import MNIST

    from digitlab.data.parts import Part

    raw = (folder / "MNIST" / "raw").resolve()
    with tempfile.TemporaryDirectory(prefix="digitlab-mnist-") as scratch:
        try:
            _unpack(raw, Path(scratch) / "MNIST" / "raw")
            half = MNIST(scratch, train=train)
            return Part(half.data, half.targets)
        except (OSError, RuntimeError, ValueError, EOFError, AssertionError, KeyError, zlib.error) as error:
            raise DataMissing(
                f"The MNIST files in {raw} are damaged ({_reason(error)}). Delete them and try again."
            ) from error


def _unpack(raw: Path, target: Path) -> None:
    """Put the four files, unpacked, into a folder. Raises OSError for a packed file with a wrong checksum."""
    from torchvision.datasets import MNIST
    from torchvision.datasets.utils import check_integrity

    target.mkdir(parents=True)
    for name, md5 in MNIST.resources:
        plain = name.removesuffix(".gz")
        if (raw / plain).is_file():
            (target / plain).symlink_to(raw / plain)
        elif check_integrity(raw / name, md5):
            with gzip.open(raw / name) as packed, (target / plain).open("wb") as file:
                shutil.copyfileobj(packed, file)
        else:
            raise OSError(f"{name} has a wrong checksum")


def _reason(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else type(error).__name__
