"""Data sets by name: `mnist`, `pen`, `mine`, `sklearn`, and any of them joined by `+`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from digitlab.data.fresh import FreshImages, InkSet
from digitlab.data.ink_file import Drawing
from digitlab.data.mine import mine_is_here, my_drawings
from digitlab.data.mnist import load_mnist, mnist_is_here
from digitlab.data.parts import Part, PartName, TrainingImages, join
from digitlab.data.pen import pen_drawings, pen_file
from digitlab.data.rendering import render
from digitlab.data.sklearn_digits import load_sklearn_digits
from digitlab.errors import UnknownName

PICTURES: Mapping[str, Callable[[Path, PartName, float], Part]] = {
    "mnist": load_mnist,
    "sklearn": lambda _folder, part, share: load_sklearn_digits(part, share),
}
"""Name → function of data folder, part and validation share."""

INK: Mapping[str, Callable[[Path, PartName, float], list[Drawing]]] = {"pen": pen_drawings, "mine": my_drawings}
"""The same for data sets of strokes, which become images when they are rendered."""

NAMES = ("mnist", "pen", "mine", "sklearn")
"""All data sets, in the order in which they are offered."""

_RENDERINGS = 6
"""How often each training drawing is rendered for an epoch; drawings of other parts are rendered once."""

_MOST_RENDERINGS, _WEIGHT = 64, 2000
"""A few drawings of one's own are rendered more often, up to so many images in all, so that they count."""


def check_data_name(name: str) -> list[str]:
    """The single data sets that a name joins. Raises UnknownName when one of them does not exist."""
    singles = name.split("+")
    for single in singles:
        if single not in NAMES:
            raise UnknownName(f"There is no data set {single[:80]!r}. Choose {', '.join(NAMES)}, or join some by +.")
    return list(dict.fromkeys(singles))


def load_part(name: str, part: PartName, folder: Path, validation_share: float = 0.1) -> Part:
    """A part of the named data set, joined from several where the name says so; each drawing rendered once.

    Raises UnknownName for a name that does not exist and DataMissing when its files are not to be had.
    """
    return join([_load_single(single, part, folder, validation_share) for single in check_data_name(name)])


def _load_single(name: str, part: PartName, folder: Path, validation_share: float) -> Part:
    if name in INK:
        return render(INK[name](folder, part, validation_share))
    return PICTURES[name](folder, part, validation_share)


def load_training(
    name: str, folder: Path, validation_share: float, *, fresh: bool = False, non_digits: float = 0.0
) -> TrainingImages:
    """The training part of the named data set.

    fresh: drawings are rendered anew for each epoch; otherwise every epoch sees the same renderings.
    non_digits: images without a digit to add, as a share of the others, in 0..1.
    Raises UnknownName for a name that does not exist and DataMissing when its files are not to be had.
    """
    names = check_data_name(name)
    images = FreshImages(
        [PICTURES[single](folder, PartName.TRAIN, validation_share) for single in names if single in PICTURES],
        [_ink_set(single, INK[single](folder, PartName.TRAIN, validation_share)) for single in names if single in INK],
        non_digits,
    )
    return images if fresh else images.of_epoch(0)


def _ink_set(name: str, drawings: Sequence[Drawing]) -> InkSet:
    often = min(_MOST_RENDERINGS, _WEIGHT // max(1, len(drawings))) if name == "mine" else 0
    return InkSet(drawings, max(_RENDERINGS, often))


def is_here(name: str, folder: Path) -> bool:
    """Whether a data set can be loaded without a network."""
    here: Mapping[str, Callable[[Path], bool]] = {
        "mnist": mnist_is_here,
        "pen": lambda folder: pen_file(folder) is not None,
        "mine": mine_is_here,
    }
    return all(here[single](folder) for single in check_data_name(name) if single in here)
