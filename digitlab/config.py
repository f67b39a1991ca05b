"""What a training is made of (`TrainConfig`), and where this installation keeps its files (`Settings`)."""

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitlab.errors import BadConfig

FORMAT = 1
"""Version of the saved form of a config."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "schedule": ("constant", "cosine", "one-cycle"),
    "optimizer": ("sgd", "adam", "adamw"),
    "augmentation": ("none", "affine", "elastic"),
    "keep": ("best", "last"),
    "device": ("auto", "cpu", "cuda", "mps"),
    "precision": ("auto", "float32", "bfloat16"),
}
"""The fields that take one of a few words."""

RANGES: Mapping[str, tuple[float, float]] = {
    "epochs": (0, 1000),
    "batch_size": (1, 10_000),
    "learning_rate": (1e-7, 100.0),
    "momentum": (0.0, 0.999),
    "weight_decay": (0.0, 10.0),
    "label_smoothing": (0.0, 0.5),
    "dropout": (0.0, 0.95),
    "seed": (0, 2**31 - 1),
    "validation_share": (0.01, 0.5),
    "weight_averaging": (0.0, 0.9999),
    "non_digits": (0.0, 1.0),
}
"""The smallest and largest value of each number, both allowed."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_START = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATA = re.compile(r"[a-z0-9-]+(\+[a-z0-9-]+)*")
_LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """All that decides how a run is trained; the same for the sidebar, the command line, the job and the saved run.

    Raises BadConfig when a value is of the wrong type or out of range, naming the field, the value and what is
    allowed. Whether model and data exist is checked where they are looked up.
    """

    model: str = "cnn"
    """Name of an architecture in the registry of `digitlab.models`."""
    data: str = "mnist"
    """Name of a data set, or several joined by `+`."""
    epochs: int = 5
    """Passes through the training part; 0 keeps the untrained weights."""
    batch_size: int = 128
    """Images per step."""
    learning_rate: float = 0.002
    """The schedule's highest value."""
    schedule: str = "one-cycle"
    """`constant`, `cosine` (down to 0) or `one-cycle` (up for the first quarter, then cosine down to 0)."""
    optimizer: str = "adamw"
    """`sgd` (with momentum), `adam` or `adamw`."""
    momentum: float = 0.9
    """Of `sgd`; the others do not use it."""
    weight_decay: float = 0.0
    """L2 penalty per step; decoupled in `adamw`."""
    label_smoothing: float = 0.0
    """Share of the target spread evenly over all ten digits."""
    augmentation: str = "none"
    """`affine` turns, shears, scales and shifts each image at random; `elastic` also bends it. Either renders pen
    drawings anew for every epoch: another pen, size and hand."""
    non_digits: float = 0.0
    """Scribbles and turned digits to add, as a share of the training images; the model learns to be unsure of them."""
    dropout: float = 0.25
    """Share of activations zeroed before the last layer; models without dropout ignore it."""
    seed: int = 0
    """Of weights, order, dropout and augmentation: same seed and machine, same result."""
    validation_share: float = 0.1
    """Share of the training images held out to watch the training and choose the best epoch."""
    device: str = "auto"
    """`auto` takes a GPU when there is one."""
    precision: str = "auto"
    """`auto` takes bfloat16 for convolutions where the processor computes it natively."""
    weight_averaging: float = 0.0
    """Share of the running average of the weights that each step keeps; the average is what is validated and saved.
    0 keeps none."""
    keep: str = "best"
    """Whose weights the run keeps: those of the `best` epoch, by validation loss, or of the `last`, as is usual where
    the schedule ends at 0."""
    start_from: str = ""
    """A checkpoint or run id of the same model whose weights the training starts from (fine-tuning); empty for fresh
    random ones."""
    name: str = ""
    """What people call the run; free text."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check(field.name, field.type, getattr(self, field.name))

    def to_dict(self) -> dict[str, Any]:
        """The saved form: every field and the version of the format."""
        return {"format": FORMAT, **dataclasses.asdict(self)}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "TrainConfig":
        """The config of a saved form. Raises BadConfig for an unknown key, value or version."""
        values = dict(saved)
        version = values.pop("format", FORMAT)
        if version != FORMAT:
            raise BadConfig(f"The config has format {_short(version)}; this digitlab reads {FORMAT}. Update digitlab.")
        return cls(**_known(values))

    def replace(self, **changes: Any) -> "TrainConfig":
        """A copy with some fields changed. Raises BadConfig like the constructor, and for an unknown field."""
        return dataclasses.replace(self, **_known(changes))


def _known(values: Mapping[str, Any]) -> Mapping[str, Any]:
    known = [field.name for field in dataclasses.fields(TrainConfig)]
    for key in values:
        if key not in known:
            raise BadConfig(f"Unknown setting {_short(key)}. Known are: {', '.join(known)}.")
    return values


def _check(name: str, kind: Any, value: Any) -> None:
    if type(value) not in ((int, float) if kind is float else (kind,)):  # exactly: a bool is an int, too
        raise BadConfig(f"{name} is {_short(value)}; it must be of type {kind.__name__}.")
    if name in RANGES:
        _check_number(name, value)
    else:
        _check_text(name, value)


def _check_number(name: str, value: float) -> None:
    low, high = RANGES[name]
    if not low <= value <= high:
        raise BadConfig(f"{name} is {_short(value)}; choose a number from {low:g} to {high:g}.")


def _check_text(name: str, value: str) -> None:
    if name in CHOICES and value not in CHOICES[name]:
        raise BadConfig(f"{name} is {_short(value)}; choose one of {', '.join(CHOICES[name])}.")
    if name == "name" and (len(value) > _LONGEST_NAME or not value.isprintable()):
        raise BadConfig(f"name is {_short(value)}; choose at most {_LONGEST_NAME} printable characters.")
    if name == "model" and not _NAME.fullmatch(value):
        raise BadConfig(f"model is {_short(value)}; choose the name of a model, such as softmax or cnn.")
    if name == "start_from" and value and (len(value) > _LONGEST_NAME or not _START.fullmatch(value)):
        raise BadConfig(f"start_from is {_short(value)}; choose a checkpoint, such as cnn, or a run id.")
    if name == "data" and not _DATA.fullmatch(value):
        raise BadConfig(f"data is {_short(value)}; choose the name of a data set, such as mnist or mnist+pen.")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass(frozen=True)
class Settings:
    """Where this installation keeps data and runs, and how many jobs it runs at once."""

    data: Path
    runs: Path
    jobs: int

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read `DIGITLAB_DATA`, `DIGITLAB_RUNS` and `DIGITLAB_JOBS`. Raises BadConfig for a bad value."""
        jobs = os.environ.get("DIGITLAB_JOBS") or "1"
        if not re.fullmatch("[0-9]{1,2}", jobs) or not 1 <= int(jobs) <= 64:
            raise BadConfig(f"DIGITLAB_JOBS is {_short(jobs)}; choose a whole number from 1 to 64.")
        return cls(
            data=_folder("DIGITLAB_DATA", "data"),
            runs=_folder("DIGITLAB_RUNS", "runs"),
            jobs=int(jobs),
        )


def _folder(variable: str, otherwise: str) -> Path:
    value = os.environ.get(variable) or otherwise
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise BadConfig(f"{variable} is {_short(value)}; there is no such home folder.") from error


CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
"""The folder of the shipped runs."""
