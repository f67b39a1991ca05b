"""Data sets by name, each in train, validation and test parts. What is said here needs no torch."""

from collections.abc import Callable
from enum import StrEnum


class PartName(StrEnum):
    """What the images are for. The test part chooses nothing: the best epoch is chosen on validation."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


Progress = Callable[[str, int, int], None]
"""Is told what takes a while, how much of it is done, and of how much, such as `("rendering", 500, 6432)`."""


def quiet(_what: str, _done: int, _total: int) -> None:
    """The progress that nobody watches."""
