"""MNIST: 60,000 training and 10,000 test images, read and, where missing, downloaded by torchvision.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", CC BY-SA 3.0.
"""

import gzip
import os
import shutil
import socket
import tempfile
import zlib
from pathlib import Path

from filelock import FileLock

from digitlab.data.parts import Part, PartName, hold_out
from digitlab.errors import DataMissing

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_PATIENCE = 30.0
"""Seconds that the network may be silent."""


def mnist_is_here(folder: Path) -> bool:
    """Whether the data folder holds the four files, packed or unpacked, under `MNIST/raw/`."""
    raw = folder / "MNIST" / "raw"
    return all((raw / name).is_file() or (raw / f"{name}.gz").is_file() for name in FILES)


def load_mnist(folder: Path, part: PartName, validation_share: float) -> Part:
    """One part of MNIST; the validation part is held out of the 60,000 training images.

    Downloads the files into `folder` when they are not there, showing the progress on standard error.
    Raises DataMissing when that fails or a file is damaged.
    """
    if not mnist_is_here(folder):
        _download(folder)
    images = _read(folder, train=part is not PartName.TEST)
    if part is PartName.TEST:
        return images
    rest, held = hold_out(images, validation_share)
    return held if part is PartName.VALIDATION else rest


def _download(folder: Path) -> None:
    """Fetch the four files. They are moved into place whole, so that an interrupted download leaves nothing."""
    from torchvision.datasets import MNIST  # slow to import, and needed by no one who only reads a drawing

    raw = folder / "MNIST" / "raw"
    patience = socket.getdefaulttimeout()
    try:
        raw.mkdir(parents=True, exist_ok=True)
        socket.setdefaulttimeout(_PATIENCE)  # torchvision sets none, and would wait for a silent network forever
        with FileLock(folder / ".mnist.lock"), tempfile.TemporaryDirectory(dir=folder, prefix=".mnist-") as scratch:
            if mnist_is_here(folder):  # another process was quicker
                return
            MNIST(scratch, download=True)
            for file in (Path(scratch) / "MNIST" / "raw").glob("*.gz"):
                os.replace(file, raw / file.name)
    except (OSError, RuntimeError) as error:
        raise DataMissing(
            f"MNIST is not in {folder} and could not be downloaded ({_reason(error)}). Connect to the network, copy "
            f"the four gzip files to {raw}, or choose the data set sklearn, which needs neither."
        ) from error
    finally:
        socket.setdefaulttimeout(patience)


def _read(folder: Path, *, train: bool) -> Part:
    """All images of one half. Unpacks in a folder of its own: the data folder may be read-only."""
    from torchvision.datasets import MNIST

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
