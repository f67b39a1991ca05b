"""Presets: named configs, each with a line on what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from digitlab.config import TrainConfig
from digitlab.errors import UnknownName


@dataclass(frozen=True)
class Preset:
    """A config under a name, and what it is good for."""

    config: TrainConfig
    shows: str


_PLAIN_SGD = TrainConfig(
    model="softmax",
    epochs=10,
    batch_size=100,
    learning_rate=0.01,
    schedule="constant",
    optimizer="sgd",
    momentum=0.0,
    dropout=0.0,
)
_SOFTMAX = TrainConfig(
    model="softmax",
    epochs=40,
    batch_size=500,
    learning_rate=0.001,
    schedule="cosine",
    weight_decay=0.1,
    dropout=0.0,
    validation_share=0.05,
    name="softmax",
)
_CNN = TrainConfig(
    model="cnn-deep",
    data="mnist+pen",
    epochs=40,
    learning_rate=0.003,
    augmentation="elastic",
    non_digits=0.05,
    weight_decay=0.02,
    dropout=0.4,
    weight_averaging=0.9995,
    validation_share=0.084,
    name="CNN",
)
"""What several presets begin with."""

PRESETS: Mapping[str, Preset] = {
    "quick": Preset(
        TrainConfig(
            model="cnn-fast",
            data="mnist",
            epochs=1,
            batch_size=224,
            learning_rate=0.04,
            weight_decay=0.02,
            label_smoothing=0.1,
            dropout=0.0,
            validation_share=0.05,
            name="quick",
        ),
        "A small CNN that reads 99 % of MNIST after a single epoch, a few seconds: quick enough to watch in class.",
    ),
    "published-softmax": Preset(
        _PLAIN_SGD.replace(name="published softmax"),
        "The published softmax project's recipe: SGD, 10 epochs, batches of 100; it reported 92.02 % accuracy.",
    ),
    "published-cnn": Preset(
        _PLAIN_SGD.replace(model="cnn-small", epochs=5, batch_size=64, dropout=0.25, name="published CNN"),
        "Like the published CNN project: convolution, ReLU, pooling, flatten, dropout, dense; it reported 94.52 % "
        "accuracy.",
    ),
    "too-fast": Preset(
        _PLAIN_SGD.replace(learning_rate=100.0, momentum=0.99, name="learning rate too high"),
        "Goes wrong on purpose: steps so long that every one overshoots, and the loss jumps instead of falling.",
    ),
    "too-little-data": Preset(
        TrainConfig(
            model="cnn-small",
            data="mnist",
            training_images=200,
            epochs=100,
            batch_size=5,
            learning_rate=0.005,
            schedule="constant",
            optimizer="adam",
            validation_share=0.02,
            dropout=0.0,
            name="too little data",
        ),
        "Goes wrong on purpose: a small CNN learns 200 images by heart. The training loss falls to 0; the validation "
        "loss falls at first and then rises.",
    ),
    "untrained": Preset(
        TrainConfig(model="cnn", epochs=0, name="untrained"),
        "Goes wrong on purpose: no training at all, so the answers are guesses: about one in ten is right.",
    ),
    "softmax": Preset(
        _SOFTMAX,
        "The shipped softmax regression: about as good as one weight per pixel and digit can be.",
    ),
    "cnn-mnist": Preset(
        _CNN.replace(
            data="mnist",
            epochs=16,
            non_digits=0.0,
            weight_averaging=0.999,
            validation_share=0.1,
            name="CNN, MNIST only",
        ),
        "The shipped CNN that saw MNIST alone: excellent there, weaker on drawings from a screen.",
    ),
    "cnn": Preset(
        _CNN.replace(epochs=56, distillation_epochs=16, keep="last"),
        "The shipped CNN, for drawings as well as scans: it learns from MNIST and pen drawings, rendered anew for "
        "every epoch, and in the last sixteen also from its own answers. It takes an hour on two cores that compute in "
        "bfloat16, up to five on others.",
    ),
    "champion": Preset(
        TrainConfig(
            model="cnn-views",
            data="mnist+pen",
            start_from="cnn",
            epochs=0,
            validation_share=_CNN.validation_share,
            name="champion",
        ),
        "The shipped CNN's weights, looking nine times at every image: a little better, nine times as slow.",
    ),
    "my-hand": Preset(
        _CNN.replace(
            data="mnist+pen+mine",
            start_from="cnn",
            epochs=2,
            learning_rate=0.0003,
            schedule="cosine",
            weight_averaging=0.0,
            name="my hand",
        ),
        "Fine-tunes the shipped CNN on your labelled drawings, mixed with what it learned from before, so that it "
        "forgets little. It needs at least three drawings of one digit.",
    ),
    "softmax-pen": Preset(
        _SOFTMAX.replace(data="mnist+pen", name="softmax, with pen drawings"),
        "The shipped softmax regression on the CNN's data, to tell what comes from the model and what from the data.",
    ),
}


def find_preset(name: str) -> Preset:
    """Raises UnknownName when no preset has this name."""
    if name not in PRESETS:
        raise UnknownName(f"There is no preset {name[:80]!r}. Choose one of: {', '.join(PRESETS)}.")
    return PRESETS[name]


@lru_cache(maxsize=4096)
def preset_of(config: TrainConfig) -> str:
    """The name of the preset that a config comes from, whatever it is called and wherever it runs; empty for none.

    A preset with scikit-learn's digits in place of its data is still that preset: they stand in where the others are
    not there.
    """
    return _names_of_recipes().get(_recipe(config), "")


@cache
def _names_of_recipes() -> Mapping[TrainConfig, str]:
    exact = {_recipe(preset.config): name for name, preset in PRESETS.items()}
    stand_in = {recipe.replace(data="sklearn"): name for recipe, name in reversed(exact.items())}
    return {**stand_in, **exact}


def _recipe(config: TrainConfig) -> TrainConfig:
    """The config without what makes no other recipe of it: name, seed, device, precision, and teachers, which are
    runs of one's own."""
    return config.replace(name="", seed=0, device="auto", precision="auto", teachers="")
