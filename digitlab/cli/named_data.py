"""The data that a command line names: a data set's test part, or an ink file."""

from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.config import Settings

if TYPE_CHECKING:  # torch is slow to import, and `--help` needs none
    from digitlab.data.parts import Part


def is_file(data: str) -> bool:
    """Told from a data set by its dot or slash, so that a file called mnist never takes the place of MNIST."""
    return "/" in data or "." in data


def is_at_hand(data: str) -> bool:
    """Whether the images can be loaded without a network. Raises UnknownName for a data set that does not exist."""
    from digitlab.data.registry import is_here

    return is_file(data) or is_here(data, Settings.from_environment().data)


def load_named(data: str, validation_share: float) -> "Part":
    """The images. Raises BadInk, UnknownName or DataMissing."""
    if is_file(data):
        from digitlab.data.ink_file import read_ink_file
        from digitlab.data.rendering import render

        return render(read_ink_file(Path(data)))
    from digitlab.data.parts import PartName
    from digitlab.data.registry import load_part

    return load_part(data, PartName.TEST, Settings.from_environment().data, validation_share)
