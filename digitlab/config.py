"""What a training is made of: `TrainConfig`, the same wherever one is described, started or saved."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitlab.errors import BadConfig
from digitlab.formats import short

FORMAT = 1
"""Version of the saved form of a config."""

ARCHITECTURES = ("softmax", "cnn-small", "cnn-fast", "cnn", "cnn-deep", "cnn-views")
"""The names in `models.REGISTRY`, for those who only offer them: the classes bring torch, which takes seconds."""

_NAME = r"[a-z0-9]+(-[a-z0-9]+)*"
_LONGEST_NAME = 80
_MOST_TEACHERS = 8

_NAMES: Mapping[str, tuple[re.Pattern[str], int, str]] = {
    "model": (re.compile(_NAME), _LONGEST_NAME, "choose the name of a model, such as softmax or cnn"),
    "data": (
        re.compile(r"[a-z0-9-]+(\+[a-z0-9-]+)*"),
        _LONGEST_NAME,
        "choose the name of a data set, such as mnist or mnist+pen",
    ),
    "teachers": (
        re.compile(rf"({_NAME}(\+{_NAME}){{0,{_MOST_TEACHERS - 1}}})?"),
        _MOST_TEACHERS * _LONGEST_NAME,
        f"choose at most {_MOST_TEACHERS} checkpoints or run ids, such as cnn or cnn+cnn-mnist",
    ),
    "start_from": (re.compile(rf"({_NAME})?"), _LONGEST_NAME, "choose a checkpoint, such as cnn, or a run id"),
}
"""Fields that name something → what such a name looks like, its most characters, and what is wanted instead."""


def split_names(joined: str) -> list[str]:
    """The names that + joins, each once and in their order."""
    return list(dict.fromkeys(joined.split("+")))


def _number(default: float, least: float, most: float, meaning: str) -> Any:
    return dataclasses.field(default=default, metadata={"meaning": meaning, "range": (least, most)})


def _choice(default: str, choices: Sequence[str], meaning: str) -> Any:
    return dataclasses.field(default=default, metadata={"meaning": meaning, "choices": tuple(choices)})


def _text(default: str, meaning: str) -> Any:
    return dataclasses.field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """All that decides how a run is trained; the same for the sidebar, the command line, the job and the saved run.

    Each setting has its default, the least and the most or the words that it takes, and what it means, which the
    sidebar and `digitlab train --help` show. NumPy's numbers become plain ones.
    Raises BadConfig when a value is of the wrong type or out of range, naming the field, the value and what is
    allowed. Whether model and data exist is checked where they are looked up.
    """

    model: str = _text(
        "cnn",
        "The architecture: softmax regression has one weight per pixel and digit, a CNN looks for strokes wherever "
        "they are.",
    )
    data: str = _text("mnist", "What it learns from: a data set, or several joined by +.")
    epochs: int = _number(5, 0, 1000, "How often it sees every training image. 0 keeps the untrained weights.")
    batch_size: int = _number(128, 1, 10_000, "Images per step. Smaller: more steps, and noisier ones.")
    learning_rate: float = _number(
        0.002,
        1e-7,
        100.0,
        "How far each step goes, at the schedule's highest. Too high: the loss jumps or explodes. Too low: it hardly "
        "falls.",
    )
    schedule: str = _choice(
        "one-cycle",
        ("constant", "cosine", "one-cycle"),
        "How the learning rate changes: constant, cosine (down to 0), or one-cycle (up for the first quarter, then "
        "down to 0).",
    )
    optimizer: str = _choice(
        "adamw",
        ("sgd", "adam", "adamw"),
        "sgd follows the gradient with momentum; adam and adamw adapt the step of each weight by themselves.",
    )
    momentum: float = _number(
        0.9, 0.0, 0.999, "For sgd: how much of each step is carried on into the next. The others ignore it."
    )
    weight_decay: float = _number(
        0.0, 0.0, 10.0, "Pulls all weights towards 0 at each step, against overfitting; decoupled in adamw."
    )
    label_smoothing: float = _number(
        0.0, 0.0, 0.5, "Share of the target spread evenly over all ten digits, against overconfidence."
    )
    augmentation: str = _choice(
        "none",
        ("none", "affine", "elastic"),
        "affine turns, shears, scales and shifts each image at random; elastic also bends it. Both render pen drawings "
        "anew for every epoch.",
    )
    non_digits: float = _number(
        0.0,
        0.0,
        1.0,
        "Scribbles, turned digits and, with pen digits, letters to add, as a share of the training images: the model "
        "learns to be unsure of them.",
    )
    dropout: float = _number(
        0.25,
        0.0,
        0.95,
        "Share of activations switched off at random before the last layer, against overfitting. softmax has none.",
    )
    seed: int = _number(
        0,
        0,
        2**31 - 1,
        "Start of the random numbers for weights, order, dropout and augmentation: same seed and machine, same result.",
    )
    training_images: int = _number(
        0,
        0,
        100_000,
        "How many images of the training part it learns from, drawn at random by the seed, so that each digit is about "
        "as frequent as in all of them; a drawing counts once. 0, or more than there are: all of them.",
    )
    validation_share: float = _number(
        0.1,
        0.01,
        0.5,
        "Share of the training images held out, to watch the training and to choose the best epoch; of the pen "
        "drawings at least a quarter. Fine-tuning takes that of the run that it starts from.",
    )
    device: str = _choice("auto", ("auto", "cpu", "cuda", "mps"), "auto takes a GPU when there is one.")
    precision: str = _choice(
        "auto",
        ("auto", "float32", "bfloat16"),
        "The format of the numbers. auto takes bfloat16, short and fast, for convolutions where the processor computes "
        "it natively.",
    )
    weight_averaging: float = _number(
        0.0,
        0.0,
        0.9999,
        "Share of a running average of the weights that each step keeps, such as 0.999. The average is what is "
        "validated and saved. 0 takes the weights as they are.",
    )
    keep: str = _choice(
        "best",
        ("best", "last"),
        "best saves the weights of the epoch with the lowest validation loss; last saves those of the last epoch, as "
        "is usual where the schedule ends at 0.",
    )
    distillation_epochs: int = _number(
        0,
        0,
        1000,
        "So many epochs at the end learn from the labels and from the model's own answers of before, each the mean of "
        "several looks at an image: it then knows better what it cannot read. They go in rounds of "
        "at least four, each with the answers of the model that the round before it left.",
    )
    teachers: str = _text(
        "",
        "In epochs of distillation: other checkpoints or runs, joined by +, whose answers count as much as the model's "
        "own. They may be of any kind: larger, or alike but for the seed.",
    )
    start_from: str = _text(
        "",
        "Fine-tuning: the training starts from the weights of a checkpoint or run of the same kind; empty for fresh "
        "random ones. A learning rate a tenth as high keeps it from forgetting what it knows.",
    )
    name: str = _text("", f"What you call the run; free text, at most {_LONGEST_NAME} characters.")

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = _plain(getattr(self, field.name))
            object.__setattr__(self, field.name, value)
            _check(field, value)

    @property
    def epochs_of_distillation(self) -> int:
        """How many of the epochs are of distillation: where nothing was learned before, the first one is not."""
        return max(0, min(self.distillation_epochs, self.epochs if self.start_from else self.epochs - 1))

    @property
    def data_names(self) -> list[str]:
        """The single data sets that it learns from."""
        return split_names(self.data)

    @property
    def teacher_names(self) -> list[str]:
        """The teachers, which may be none."""
        return split_names(self.teachers) if self.teachers else []

    def to_dict(self) -> dict[str, Any]:
        """The saved form: every field and the version of the format."""
        return {"format": FORMAT, **dataclasses.asdict(self)}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "TrainConfig":
        """The config of a saved form. Raises BadConfig for an unknown key, value or version."""
        values = dict(saved)
        version = values.pop("format", FORMAT)
        if version != FORMAT:
            raise BadConfig(f"The config has format {short(version)}; this digitlab reads {FORMAT}. Update digitlab.")
        return cls(**_known(values))

    def replace(self, **changes: Any) -> "TrainConfig":
        """A copy with some fields changed. Raises BadConfig like the constructor, and for an unknown field."""
        return dataclasses.replace(self, **_known(changes))


_FIELDS = dataclasses.fields(TrainConfig)

MEANINGS: Mapping[str, str] = {field.name: field.metadata["meaning"] for field in _FIELDS}
"""Every field of TrainConfig → what it means, in a sentence or two."""


def label_of(name: str) -> str:
    """What people call a field: "Learning rate"."""
    return name.replace("_", " ").capitalize().replace("Non digits", "Non-digits")


CHOICES: Mapping[str, tuple[str, ...]] = {
    field.name: field.metadata["choices"] for field in _FIELDS if "choices" in field.metadata
}
"""The fields that take one of a few words."""

RANGES: Mapping[str, tuple[float, float]] = {
    field.name: field.metadata["range"] for field in _FIELDS if "range" in field.metadata
}
"""The least and the most of each number, both allowed."""


def differing_settings(configs: Sequence[TrainConfig]) -> dict[str, list[Any]]:
    """Setting → its value in each config, for the settings that are not the same in all; the name is none of them."""
    values = {field.name: [getattr(config, field.name) for config in configs] for field in _FIELDS}
    return {name: found for name, found in values.items() if name != "name" and len(set(found)) > 1}


def _plain(value: Any) -> Any:
    """A number of NumPy's as Python's own; anything else as it is."""
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0 else value


def _known(values: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in values:
        if key not in MEANINGS:
            raise BadConfig(f"Unknown setting {short(key, 30)}.", known=MEANINGS)
    return values


def _check(field: "dataclasses.Field[Any]", value: Any) -> None:
    kind: Any = field.type
    if type(value) not in ((int, float) if kind is float else (kind,)):  # exactly: a bool is an int, too
        raise BadConfig(field=field.name, value=value, allowed=f"it must be of type {kind.__name__}")
    if "range" in field.metadata:
        low, high = field.metadata["range"]
        if not low <= value <= high:
            raise BadConfig(field=field.name, value=value, allowed=f"choose a number from {low:g} to {high:g}")
    elif allowed := _wanted_text(field.name, value):
        raise BadConfig(field=field.name, value=value, allowed=allowed)


def _wanted_text(name: str, value: str) -> str:
    """What a field wants instead of this text; empty when the text will do."""
    if name in CHOICES and value not in CHOICES[name]:
        return f"choose one of {', '.join(CHOICES[name])}"
    if name == "name" and (len(value) > _LONGEST_NAME or not value.isprintable()):
        return f"choose at most {_LONGEST_NAME} printable characters"
    if name in _NAMES:
        pattern, longest, wanted = _NAMES[name]
        if len(value) > longest or not pattern.fullmatch(value):
            return wanted
    return ""
