"""Data sets by name: `mnist`, `pen`, `sklearn`, and any of them joined by `+`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from digitlab.data.mnist import load_mnist, mnist_is_here
from digitlab.data.parts import Part, PartName, join
from digitlab.data.pen import load_pen, pen_file
from digitlab.data.sklearn_digits import load_sklearn_digits
from digitlab.errors import UnknownName

Loader = Callable[[Path, PartName, float], Part]

LOADERS: Mapping[str, Loader] = {
    "mnist": load_mnist,
    "pen": load_pen,
    "sklearn": lambda _folder, part, share: load_sklearn_digits(part, share),
}
"""Name → function of data folder, part and validation share."""


def check_data_name(name: str) -> list[str]:
    """The single data sets that a name joins. Raises UnknownName when one of them does not exist."""
    singles = name.split("+")
    for single in singles:
        if single not in LOADERS:
            raise UnknownName(f"There is no data set {single[:80]!r}. Choose {', '.join(LOADERS)}, or join some by +.")
    return list(dict.fromkeys(singles))


def load_part(name: str, part: PartName, folder: Path, validation_share: float = 0.1) -> Part:
    """A part of the named data set, joined from several where the name says so.

    Raises UnknownName for a name that does not exist and DataMissing when its files are not to be had.
    """
    return join([LOADERS[single](folder, part, validation_share) for single in check_data_name(name)])


def is_here(name: str, folder: Path) -> bool:
    """Whether a data set can be loaded without a network."""
    here = {"mnist": mnist_is_here(folder), "pen": pen_file(folder) is not None}
    return all(here.get(single, True) for single in check_data_name(name))
