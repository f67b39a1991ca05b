"""The three parts of a data set."""

from enum import StrEnum


class PartName(StrEnum):
    """What the images are for. The test part chooses nothing: the best epoch is chosen on validation."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"
