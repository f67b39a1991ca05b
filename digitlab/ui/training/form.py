"""The training form's values: filled from a config, read back as one."""

import dataclasses
from typing import Any

import streamlit as st

from digitlab.config import TrainConfig
from digitlab.ui.training.fields import FIELDS, key_of

PRESET = "training form: preset"
"""The widget key of the preset's choice; None when the form was filled from a run."""


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
        for key in (PRESET, *map(key_of, FIELDS)):
            st.session_state[key] = st.session_state[key]


def read_form() -> TrainConfig:
    """The config that the form describes. Raises BadConfig, naming the first field that is out of range."""
    return TrainConfig(**{name: _value(name) for name in FIELDS})


def changed_fields(config: TrainConfig, origin: TrainConfig) -> list[str]:
    """The labels of the fields in which a config differs from the one that filled the form."""
    return [field.label for name, field in FIELDS.items() if getattr(config, name) != getattr(origin, name)]


def _shown(name: str, kind: Any, value: Any) -> Any:
    """A value as its widget keeps it: data sets as a list, numbers in the widget's own type."""
    if name == "data":
        return value.split("+")
    return float(value) if kind is float else value


def _value(name: str) -> Any:
    value = st.session_state[key_of(name)]
    return "+".join(value) if name == "data" else value
