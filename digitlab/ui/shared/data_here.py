"""A config's data, where neither MNIST nor the pen digits are on this computer."""

from digitlab.config import TrainConfig
from digitlab.data.dataset import DATASETS
from digitlab.settings import DataFolders
from digitlab.ui.app.visitor import own_settings

_LARGE = ("mnist", "pen")
"""Data sets without which scikit-learn's few digits stand in."""


def with_data_that_is_here(config: TrainConfig) -> TrainConfig:
    """The config with scikit-learn's digits in place of its data, where neither MNIST nor the pen digits are there."""
    return config.replace(data="sklearn") if has_nothing(own_settings().folders) else config


def has_nothing(folder: DataFolders) -> bool:
    """Whether neither of the large data sets is there."""
    return not any(DATASETS[name].is_here(folder) for name in _LARGE)
