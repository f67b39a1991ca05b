"""The training form in a link: `?form=too-little-data,epochs:20`, a preset and the fields that differ from it."""

import dataclasses
from typing import Any
from urllib.parse import quote, unquote

import streamlit as st

from digitlab.config import TrainConfig, label_of
from digitlab.errors import BadConfig
from digitlab.formats import short
from digitlab.presets import find_preset
from digitlab.ui.shared.data_here import with_data_that_is_here
from digitlab.ui.train.form import PRESET, fill_form, is_filled, read_form
from digitlab.ui.train.sidebar import DEFAULT_PRESET

_NO_PRESET = "none"
_LONGEST = 2000
_KINDS: dict[str, type] = {field.name: type(field.default) for field in dataclasses.fields(TrainConfig)}


def form_to_text() -> str:
    """The form as it stands, for a link; empty where it is as at first, or holds what no run can have."""
    if not is_filled():
        return ""
    try:
        config = read_form()
    except BadConfig:
        return ""
    preset = st.session_state[PRESET]
    origin = with_data_that_is_here(find_preset(preset).config) if preset else TrainConfig()
    names = [name for name in _KINDS if getattr(config, name) != getattr(origin, name)]
    if preset == DEFAULT_PRESET and not names:
        return ""
    changes = [f"{name}:{quote(str(getattr(config, name)), safe='+')}" for name in names]
    return ",".join([preset or _NO_PRESET, *changes])


def fill_from_text(text: str) -> None:
    """Fill the form from a link. Raises BadConfig or UnknownName for what it cannot hold; nothing is changed then."""
    if len(text) > _LONGEST:
        raise BadConfig(f"The link's training form has {len(text):,} characters; at most {_LONGEST:,} are read.")
    preset, *changes = text.split(",")
    origin = with_data_that_is_here(find_preset(preset).config) if preset != _NO_PRESET else TrainConfig()
    values = dict(_value_of(change) for change in changes if change)
    fill_form(origin.replace(**values), None if preset == _NO_PRESET else preset)


def _value_of(change: str) -> tuple[str, Any]:
    name, _, text = change.partition(":")
    if name not in _KINDS:
        raise BadConfig(
            f"The link's training form has a field {short(name, 40)}, which does not exist. Write a field and its "
            "value, such as epochs:3."
        )
    kind, text = _KINDS[name], unquote(text)
    try:
        return name, kind(text)
    except (ValueError, OverflowError) as error:
        raise BadConfig(
            f"{label_of(name)} is {short(text, 40)} in the link; it must be a number.", field=name, value=text
        ) from error
