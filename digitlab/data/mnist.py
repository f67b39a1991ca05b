"""MNIST: 60,000 training and 10,000 test images, read from their original files and, where missing, downloaded.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", CC BY-SA 3.0.
"""

import gzip
import hashlib
import math
import struct
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from digitlab.data import PartName, Progress, quiet
from digitlab.data.download import Remote, fetch, reason_of
from digitlab.errors import DataMissing
from digitlab.image import CLASSES, SIDE

if TYPE_CHECKING:  # torch is imported where images are made: to tell whether the files are here needs none
    from digitlab.data.parts import Part

_CHECKSUMS = {
    "train-images-idx3-ubyte": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte": "ec29112dd5afa0611ce80d1b7f02629c",
}
"""File → MD5 of it packed, as torchvision lists them."""

FILES = tuple(_CHECKSUMS)
_SIZE = 11_594_722
"""Bytes of all four files."""


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
        download_mnist(folder, progress)
    images = _read(folder, train=part is not PartName.TEST)
    if part is PartName.TEST:
        return images
    rest, held = hold_out(images, validation_share)
    return held if part is PartName.VALIDATION else rest


def download_mnist(folder: Path, progress: Progress = quiet) -> None:
    """Fetch the four files; those that are whole already are left as they are. progress: is told of the bytes.

    A download that broke off goes on where it stopped. Raises DataMissing when it fails.
    """
    from torchvision.datasets import MNIST  # slow to import, and needed by no one who only reads a drawing

    raw = folder / "MNIST" / "raw"
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".mnist.lock"):
            if mnist_is_here(folder):  # another process was quicker
                return
            for name, md5 in MNIST.resources:
                remote = Remote(name, [mirror + name for mirror in MNIST.mirrors], md5)
                done = sum(file.stat().st_size for file in raw.glob("*.gz"))
                if not (raw / name).is_file():
                    fetch(remote, raw / name, partial(_tell, progress, done))
    except (OSError, RuntimeError) as error:
        raise DataMissing(
            f"MNIST is not in {folder} and could not be downloaded ({reason_of(error)}). Connect to the network, copy "
            f"the four gzip files to {raw}, or choose the data set sklearn, which needs neither."
        ) from error


def _tell(progress: Progress, before: int, received: int) -> None:
    progress("downloading MNIST", min(before + received, _SIZE), _SIZE)


def _read(folder: Path, *, train: bool) -> "Part":
    """All images of one half."""
    import torch

    from digitlab.data.parts import Part

    raw = (folder / "MNIST" / "raw").resolve()
    images, labels = FILES[:2] if train else FILES[2:]
    try:
        pixels, digits = _values(raw, images, (SIDE, SIDE)), _values(raw, labels, ())
        if len(pixels) != len(digits) or not len(digits) or digits.max() >= CLASSES:
            raise ValueError(f"{labels} does not fit {images}")
        return Part(torch.from_numpy(pixels), torch.from_numpy(digits.astype(np.int64)))
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise DataMissing(
            f"The MNIST files in {raw} are damaged ({reason_of(error)}). Delete them and try again."
        ) from error


def _values(raw: Path, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The numbers of a file, `uint8` of shape (N, *shape): whole, or packed and then with the right checksum.

    torchvision reads these files, too, but every job would wait for its import. Their form: the
    bytes 0, 0, 8 (for whole numbers below 256), and how many dimensions there are; their sizes, in four bytes each;
    the numbers. Raises OSError for a wrong checksum and ValueError for another form.
    """
    plain, packed = raw / name, raw / f"{name}.gz"
    if plain.is_file():
        content = plain.read_bytes()
    else:
        found = packed.read_bytes()
        if hashlib.md5(found, usedforsecurity=False).hexdigest() != _CHECKSUMS[name]:
            raise OSError(f"{packed.name} has a wrong checksum")
        content = gzip.decompress(found)
    start = 4 * (2 + len(shape))
    sizes = struct.unpack(f">{1 + len(shape)}I", content[4:start]) if len(content) >= start else ()
    if content[:4] != bytes([0, 0, 8, 1 + len(shape)]) or sizes[1:] != shape:
        raise ValueError(f"{name} is no such file")
    if len(content) - start != math.prod(sizes):
        raise ValueError(f"{name} is cut off or too long")
    return np.frombuffer(bytearray(content), np.uint8, offset=start).reshape(sizes)
