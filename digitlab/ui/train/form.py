"""The training form: a widget for each field of TrainConfig, filled from a config and read back as one."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from digitlab.config import CHOICES, MEANINGS, RANGES, TrainConfig, label_of, split_names
from digitlab.errors import BadConfig
from digitlab.formats import short
from digitlab.ui.app.callouts import plain
from digitlab.ui.app.locks import LOCKED, is_locked

FORM = "form"
"""What a link calls the whole form, to fill or to lock it."""

PRESET = "training form: preset"
"""The widget key of the preset's choice; None when the form was filled from a run."""

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
    "distillation_epochs",
    "teachers",
    "keep",
    "training_images",
    "validation_share",
    "seed",
    "precision",
    "device",
)
"""Fields that are folded away."""


_STEPS: Mapping[str, float] = {
    "training_images": 100,
    "epochs": 1,
    "batch_size": 1,
    "learning_rate": 0.0005,
    "momentum": 0.05,
    "weight_decay": 0.005,
    "label_smoothing": 0.05,
    "dropout": 0.05,
    "non_digits": 0.05,
    "weight_averaging": 0.001,
    "distillation_epochs": 1,
    "validation_share": 0.05,
    "seed": 1,
}
"""How far a click on a number's buttons goes."""


_LISTS = ("data", "teachers")
"""Fields of several names joined by +."""


def key_of(name: str) -> str:
    """The session's name of a field's value."""
    return f"training form: {name}"


def show_field(name: str, troubles: Mapping[str, str]) -> None:
    """Show the widget of a number, of a choice, or of free text, and below it what is wrong with its value."""
    how = _how(name)
    if name in CHOICES:
        st.selectbox(label_of(name), CHOICES[name], **how)
    elif name in RANGES:
        step = _STEPS[name]
        st.number_input(label_of(name), step=step, format="%d" if isinstance(step, int) else "%g", **how)
    else:
        st.text_input(label_of(name), max_chars=80, **how)
    show_trouble(name, troubles)


def _how(name: str) -> dict[str, Any]:
    """What all widgets of the form have: key and help, and whether a lesson locks them."""
    locked = is_locked(FORM)
    return {"key": key_of(name), "help": f"{LOCKED} {MEANINGS[name]}" if locked else MEANINGS[name], "disabled": locked}


def show_trouble(name: str, troubles: Mapping[str, str]) -> None:
    """A line for the value of a field that cannot stay so. troubles: field → what is wrong, in the form's own words."""
    if name in troubles:
        st.error(plain(troubles[name]), icon=":material/error:")


def show_model(models: Sequence[str]) -> None:
    """Show the choice of an architecture; one that a cloned run names and nobody knows stays on the list."""
    names = list(dict.fromkeys([*models, st.session_state[key_of("model")]]))
    st.selectbox(label_of("model"), names, **_how("model"))


def show_data(sets: Sequence[str], title: Callable[[str], str]) -> None:
    """Show the choice of one data set or several; the session has it as a list of single names."""
    st.multiselect(
        label_of("data"),
        list(dict.fromkeys([*sets, *st.session_state[key_of("data")]])),
        format_func=title,
        placeholder="Choose data",
        **_how("data"),
    )


def show_start(models: Mapping[str, str]) -> None:
    """Show the choice of a model to start from, by name and what people call it; fresh weights are the first."""
    st.selectbox(
        label_of("start_from"),
        list(dict.fromkeys(["", *models, st.session_state[key_of("start_from")]])),
        format_func=lambda name: models.get(name, name) or "fresh random weights",
        **_how("start_from"),
    )


def show_teachers(models: Mapping[str, str]) -> None:
    """Show the choice of teachers, by name and what people call them; the session has it as a list of names."""
    st.multiselect(
        label_of("teachers"),
        list(dict.fromkeys([*models, *st.session_state[key_of("teachers")]])),
        format_func=lambda name: models.get(name, name),
        placeholder="None but itself",
        **_how("teachers"),
    )


def is_filled() -> bool:
    """Whether every field has a value in this session; Streamlit may drop those of a script run that was cut short."""
    return all(key_of(field.name) in st.session_state for field in dataclasses.fields(TrainConfig))


def fill_form(config: TrainConfig, preset: str | None = None) -> None:
    """Put a config's values into the form. Call it before the form is shown, or in a callback.

    preset: the name of the preset that the config comes from, None for any other origin.
    """
    st.session_state[PRESET] = preset
    for field in dataclasses.fields(TrainConfig):
        st.session_state[key_of(field.name)] = _shown(field.name, field.type, getattr(config, field.name))


def fill_again() -> None:
    """Set every value once more; call it in each run of the page, before the form is shown.

    The browser takes a value only from the run that set it. When that run was overtaken by another before its messages
    went out, as by a click in the first second, the form would show zeros beside a session that knows better.
    """
    if is_filled():
        for key in (PRESET, *map(key_of, MEANINGS)):
            st.session_state[key] = st.session_state[key]


def read_form() -> TrainConfig:
    """The config that the form describes. Raises BadConfig for the first bad field."""
    return TrainConfig(**{name: _value(name) for name in MEANINGS})


def bad_fields() -> dict[str, str]:
    """Field → what is wrong with its value, in the form's own words, for every field; empty when all is well."""
    found = {}
    for name in MEANINGS:
        try:
            TrainConfig(**{name: _value(name)})
        except BadConfig as error:
            found[name] = in_the_forms_words(error)
    return found


def in_the_forms_words(error: BadConfig) -> str:
    """What is wrong with a field, under the name that the form has for it."""
    if not error.field:
        return str(error)
    if error.field == "data" and not error.value:
        return "Data is empty; choose one data set or several."
    return f"{label_of(error.field)} is {short(error.value)}; {error.allowed}."


def changed_fields(config: TrainConfig, origin: TrainConfig) -> list[str]:
    """The labels of the fields in which a config differs from the one that filled the form."""
    return [label_of(name) for name in MEANINGS if getattr(config, name) != getattr(origin, name)]


def _shown(name: str, kind: Any, value: Any) -> Any:
    """A value as its widget has it: several names as a list, numbers in the widget's own type."""
    if name in _LISTS:
        return split_names(value) if value else []
    return float(value) if kind is float else value


def _value(name: str) -> Any:
    value = st.session_state[key_of(name)]
    return "+".join(value) if name in _LISTS else value
