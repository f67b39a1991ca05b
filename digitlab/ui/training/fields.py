"""The widgets of the training form: one for each field of TrainConfig, its value kept in the session."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from digitlab.config import CHOICES

RARE = (
    "optimizer",
    "momentum",
    "schedule",
    "weight_decay",
    "label_smoothing",
    "dropout",
    "augmentation",
    "non_digits",
    "weight_averaging",
    "keep",
    "validation_share",
    "seed",
    "precision",
    "device",
)
"""Fields that are folded away."""


@dataclass(frozen=True)
class Field:
    """What the form says of a field. step: of the widget's buttons, None for a field that is no number."""

    label: str
    help: str
    step: float | int | None = None


FIELDS: Mapping[str, Field] = {
    "model": Field("Model", "The architecture: softmax regression has one weight per pixel and digit, a CNN looks for "
                   "strokes wherever they are."),
    "data": Field("Data", "What it learns from. Several data sets are joined."),
    "epochs": Field("Epochs", "How often it sees every training image. 0 keeps the untrained weights.", 1),
    "batch_size": Field("Batch size", "Images per step. Smaller: more steps, and noisier ones.", 1),
    "learning_rate": Field("Learning rate", "How far each step goes, at the schedule's highest. Too high: the loss "
                           "jumps or explodes. Too low: it hardly falls.", 0.0005),
    "optimizer": Field("Optimizer", "sgd follows the slope with momentum; adam and adamw scale each weight's step by "
                       "themselves."),
    "momentum": Field("Momentum", "Of sgd: how much of the last step goes on. The others ignore it.", 0.05),
    "schedule": Field("Schedule", "How the learning rate changes: constant, cosine (down to 0), or one-cycle (up "
                      "first, then down to 0)."),
    "weight_decay": Field("Weight decay", "Pulls all weights towards 0 at each step, against overfitting.", 0.005),
    "label_smoothing": Field("Label smoothing", "Share of the target spread evenly over all ten digits, against "
                             "overconfidence.", 0.05),
    "dropout": Field("Dropout", "Share of activations switched off at random before the last layer, against "
                     "overfitting. softmax has none.", 0.05),
    "augmentation": Field("Augmentation", "affine turns, shears, scales and shifts each image at random; elastic also "
                          "bends it. Both render pen drawings anew for every epoch."),
    "non_digits": Field("Non-digits", "Scribbles and turned digits to add, as a share of the training images: the "
                        "model learns to be unsure of them.", 0.05),
    "weight_averaging": Field("Weight averaging", "Share of a running average of the weights that each step keeps, "
                              "such as 0.999. The average is what is validated and kept. 0 keeps none.", 0.001),
    "keep": Field("Keep", "best keeps the weights of the epoch with the lowest validation loss; last those of the last "
                  "epoch, as is usual where the schedule ends at 0."),
    "validation_share": Field("Validation share", "Share of the training images held out, to watch the training and to "
                              "choose the best epoch.", 0.05),
    "seed": Field("Seed", "Of weights, order, dropout and augmentation: same seed and machine, same result.", 1),
    "precision": Field("Precision", "auto takes bfloat16 for convolutions where the processor computes it natively."),
    "device": Field("Device", "auto takes a GPU when there is one."),
    "start_from": Field("Start from", "Fine-tuning: the training starts from the weights of a model of the same kind. "
                        "Take a learning rate a tenth as high, so that it does not forget."),
    "name": Field("Name", "What you call the run; free text, at most 80 characters."),
}  # fmt: skip


def key_of(name: str) -> str:
    """Where the session keeps a field's value."""
    return f"training form: {name}"


def show_field(name: str) -> None:
    """Show the widget of a number, of a choice, or of free text."""
    field = FIELDS[name]
    if name in CHOICES:
        st.selectbox(field.label, CHOICES[name], key=key_of(name), help=field.help)
    elif field.step is not None:
        number_format = "%d" if isinstance(field.step, int) else "%g"
        st.number_input(field.label, step=field.step, format=number_format, key=key_of(name), help=field.help)
    else:
        st.text_input(field.label, key=key_of(name), help=field.help, max_chars=80)


def show_model(models: Sequence[str]) -> None:
    """Show the choice of an architecture; one that a cloned run names and nobody knows stays on the list."""
    field, chosen = FIELDS["model"], st.session_state[key_of("model")]
    st.selectbox(field.label, list(dict.fromkeys([*models, chosen])), key=key_of("model"), help=field.help)


def show_data(sets: Sequence[str], title: Callable[[str], str]) -> None:
    """Show the choice of one data set or several; kept as a list of single names."""
    field, chosen = FIELDS["data"], st.session_state[key_of("data")]
    st.multiselect(
        field.label,
        list(dict.fromkeys([*sets, *chosen])),
        format_func=title,
        key=key_of("data"),
        help=field.help,
        placeholder="Choose data",
    )


def show_start(models: Mapping[str, str]) -> None:
    """Show the choice of a model to start from, by name and what people call it; fresh weights are the first."""
    field, chosen = FIELDS["start_from"], st.session_state[key_of("start_from")]
    names = list(dict.fromkeys(["", *models, chosen]))
    st.selectbox(
        field.label,
        names,
        format_func=lambda name: models.get(name, name) or "fresh random weights",
        key=key_of("start_from"),
        help=field.help,
    )
