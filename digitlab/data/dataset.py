"""Data sets by name: `mnist`, `pen`, `mine`, `sklearn`, and any of them joined by `+`.

A list of data sets needs no torch, so their loaders import what they need when they are called.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.config import split_names
from digitlab.data import PartName, Progress, quiet
from digitlab.data.handwriting import drawings_of_part, handwriting_is_here, handwriting_lacks
from digitlab.data.mnist import load_mnist, mnist_is_here
from digitlab.data.pen import pen_drawings, pen_files
from digitlab.errors import UnknownName
from digitlab.ink.strokes import LabelledDrawing
from digitlab.settings import DataFolders, Settings

if TYPE_CHECKING:
    from digitlab.data.parts import Part

Where = Path | str | DataFolders
"""A data folder, or the folders of somebody whose handwriting lies apart."""


@dataclass(frozen=True)
class Dataset:
    """All that is known of a data set.

    title, test_title: for people, of the whole and of its test part. remedy: how to get it where it is not here.
    source: who made it, for a checkpoint's card. found: whether a data folder holds it, or needs not.
    load: an image set's part, of data folder, part, validation share and progress. drawings: an ink set's part, of the
    first three. One of these two is given. is_fixed: whether its files stay the same while the app runs.
    can_download: whether loading it fetches it. is_own: whether everybody of a class has one of their own.
    shortage: why a data folder has too little of it to train on, to follow a colon; empty when there is enough.
    """

    name: str
    title: str
    test_title: str
    remedy: str
    source: str
    found: Callable[[Path], bool]
    load: Callable[[Path, PartName, float, Progress], "Part"] | None = None
    drawings: Callable[[Path, PartName, float], Sequence[LabelledDrawing]] | None = None
    is_fixed: bool = True
    can_download: bool = False
    is_own: bool = False
    shortage: Callable[[Path], str] = lambda _folder: ""

    def is_here(self, where: Where) -> bool:
        """Whether it can be loaded without a network."""
        return self.found(self.folder(where))

    def lacks(self, where: Where) -> str:
        """Why there is too little of it to train on, to follow a colon; empty when there is enough. Raises BadInk."""
        return self.shortage(self.folder(where))

    def load_part(self, where: Where, part: PartName, validation_share: float, progress: Progress = quiet) -> "Part":
        """One part as images, each drawing rendered once. Raises DataMissing when it is not to be had."""
        if self.load is not None:
            return self.load(self.folder(where), part, validation_share, progress)
        from digitlab.data.rendering import render

        return render(self.load_drawings(where, part, validation_share), progress=progress)

    def load_drawings(self, where: Where, part: PartName, validation_share: float) -> Sequence[LabelledDrawing]:
        """One part of an ink set as drawings; none for an image set. Raises DataMissing when it is not to be had."""
        return self.drawings(self.folder(where), part, validation_share) if self.drawings is not None else []

    def folder(self, where: Where) -> Path:
        """The data folder that it lies in."""
        if isinstance(where, DataFolders):
            return where.own if self.is_own else where.data
        return Path(where)


def _load_sklearn(_folder: Path, part: PartName, validation_share: float, _progress: Progress) -> "Part":
    from digitlab.data.sklearn_digits import load_sklearn_digits

    return load_sklearn_digits(part, validation_share)


DATASETS: Mapping[str, Dataset] = {
    one.name: one
    for one in (
        Dataset(
            name="mnist",
            title="MNIST",
            test_title="MNIST, 10,000 test images",
            remedy="Run `digitlab download mnist`: 12 MB.",
            source="MNIST: Y. LeCun, C. Cortes, C. J. C. Burges, CC BY-SA 3.0.",
            found=mnist_is_here,
            load=load_mnist,
            can_download=True,
        ),
        Dataset(
            name="pen",
            title="Pen digits",
            test_title="Pen digits of unseen people",
            remedy="Run `digitlab download pen`.",
            source="Pen digits, and letters as what is none: UNIPEN train_r01_v07, categories 1a to 1c, I. Guyon et "
            "al., ICPR 1994, doi:10.1109/ICPR.1994.576870, distributed as doi:10.5281/zenodo.1195803, CC BY 4.0. Split "
            "by person.",
            found=lambda folder: bool(pen_files(folder)),
            drawings=pen_drawings,
        ),
        Dataset(
            name="mine",
            title="My handwriting",
            test_title="My handwriting, test part",
            remedy="Draw digits and label them on Draw first; three of one digit are enough to begin.",
            source="Drawings of this installation's own users.",
            found=handwriting_is_here,
            drawings=drawings_of_part,
            is_fixed=False,
            shortage=handwriting_lacks,
            is_own=True,
        ),
        Dataset(
            name="sklearn",
            title="scikit-learn digits",
            test_title="scikit-learn's digits, test part",
            remedy="It comes with scikit-learn.",
            source="scikit-learn's digits: E. Alpaydin, C. Kaynak, 1998, doi:10.24432/C50P49, CC BY 4.0.",
            found=lambda _folder: True,
            load=_load_sklearn,
        ),
    )
}
"""Name → data set, in the order in which they are offered."""


def find_datasets(name: str) -> list[Dataset]:
    """The single data sets that a name joins. Raises UnknownName when one of them does not exist."""
    singles = split_names(name)
    for single in singles:
        if single not in DATASETS:
            raise UnknownName(f"There is no data set {single[:80]!r}. Choose {', '.join(DATASETS)}, or join some by +.")
    return [DATASETS[single] for single in singles]


def data_title(name: str) -> str:
    """What people call a data set or those that a name joins: "MNIST + Pen digits"; an unknown one keeps its name."""
    return " + ".join(DATASETS[single].title if single in DATASETS else single for single in split_names(name))


def missing_datasets(name: str, where: Where) -> list[Dataset]:
    """Those of a name's data sets that the data folder does not hold. Raises UnknownName."""
    return [one for one in find_datasets(name) if not one.is_here(where)]


def is_here(name: str, where: Where) -> bool:
    """Whether a data set, or all that a name joins, can be loaded without a network. Raises UnknownName."""
    return not missing_datasets(name, where)


def load_part(name: str, part: str, where: Where, validation_share: float = 0.1, progress: Progress = quiet) -> "Part":
    """A part of the named data set, joined from several where the name says so; each drawing rendered once.

    part: train, validation or test.
    Raises UnknownName for a name that does not exist and DataMissing when its files are not to be had.
    """
    from digitlab.data.parts import join

    chosen = _part_name(part)
    return join([one.load_part(where, chosen, validation_share, progress) for one in find_datasets(name)])


def load_data(
    name: str = "mnist", part: str = "train", folder: Path | str | None = None, validation_share: float = 0.1
) -> "Part":
    """`load_part` for notebooks. folder: the data folder; None for the installation's own (`DIGITLAB_DATA`)."""
    return load_part(name, part, Settings.from_environment().data if folder is None else folder, validation_share)


def _part_name(part: str) -> PartName:
    try:
        return PartName(part)
    except ValueError as error:
        raise UnknownName(f"There is no part {str(part)[:40]!r}. Choose {', '.join(PartName)}.") from error
