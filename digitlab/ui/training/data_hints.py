"""What the form says of data sets whose files are not here."""

from pathlib import Path

from digitlab.config import TrainConfig
from digitlab.errors import DataMissing, UnknownName

_TITLES = {"mnist": "MNIST", "pen": "pen digits", "mine": "My handwriting", "sklearn": "scikit-learn digits"}

NOTHING_MINE = "There are no drawings of your own yet. Draw digits and label them on Draw first."


def title_of(name: str) -> str:
    """A data set's name for people."""
    return _TITLES.get(name, name)


def title(name: str, folder: Path) -> str:
    """The same, with a word where its files are not in the data folder."""
    shown = title_of(name)
    try:
        return shown if _is_here(name, folder) else f"{shown} (not here)"
    except UnknownName:
        return f"{name} (unknown)"


def with_data_that_is_here(config: TrainConfig, folder: Path) -> TrainConfig:
    """The config with scikit-learn's digits in place of its data, where neither MNIST nor the pen digits are there."""
    nothing = not _is_here("mnist", folder) and not _is_here("pen", folder)
    return config.replace(data="sklearn") if nothing else config


def hints(data: str, folder: Path) -> list[str]:
    """A line for each thing to know before the chosen data are trained on."""
    if data == "sklearn" and not _is_here("mnist", folder) and not _is_here("pen", folder):
        return ["Neither MNIST nor the pen digits are here, so scikit-learn's 1,797 small digits are chosen."]
    missing = {
        "mnist": "MNIST is not here yet. The job downloads it first, about 12 MB.",
        "mine": NOTHING_MINE,
    }
    return [line for name, line in missing.items() if name in data.split("+") and not _is_here(name, folder)]


def check_data(data: str, folder: Path) -> None:
    """Raises UnknownName for a name that does not exist, DataMissing for data that no job could get."""
    if not _is_here(data, folder) and "pen" in data.split("+") and not _is_here("pen", folder):
        raise DataMissing(
            "The pen digits are not here. Copy pen-digits.jsonl.gz into the data folder, or choose other data."
        )
    if "mine" in data.split("+") and not _is_here("mine", folder):
        raise DataMissing(NOTHING_MINE)


def _is_here(name: str, folder: Path) -> bool:
    from digitlab.data.registry import is_here  # imports torch, which no import of this module should

    return is_here(name, folder)
