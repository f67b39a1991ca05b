"""The training form's values as a config, and what it says of one that is out of range."""

import numpy as np
import pytest
import streamlit as st

from digitlab.config import CHOICES, MEANINGS, RANGES, TrainConfig, label_of
from digitlab.errors import BadConfig
from digitlab.ui.train.form import bad_fields, changed_fields, fill_form, is_filled, key_of, read_form


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A session that nobody has used."""
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def complaint() -> str:
    """What is said at the one field that is bad."""
    (said,) = bad_fields().values()
    return said


def test_what_was_filled_in_is_read_back() -> None:
    config = TrainConfig(model="softmax", data="sklearn+pen", epochs=3, seed=7, name="mine")
    assert not is_filled()
    fill_form(config)
    assert is_filled()
    assert read_form() == config


@pytest.mark.parametrize("name", RANGES)
def test_a_number_out_of_range_is_said_in_the_forms_words(session: dict[str, object], name: str) -> None:
    fill_form(TrainConfig())
    low, high = RANGES[name]
    session[key_of(name)] = type(session[key_of(name)])(high + 1)  # type: ignore[call-arg, operator]
    said = complaint()
    assert said.startswith(f"{label_of(name)} is ")
    assert said.endswith(f"; choose a number from {low:g} to {high:g}.")
    assert "_" not in said


@pytest.mark.parametrize("name", CHOICES)
def test_a_word_that_is_no_choice_is_said_in_the_forms_words(session: dict[str, object], name: str) -> None:
    fill_form(TrainConfig())
    session[key_of(name)] = "nosuch"
    assert complaint() == f"{label_of(name)} is 'nosuch'; choose one of {', '.join(CHOICES[name])}."


def test_a_number_of_numpys_is_said_as_a_plain_one(session: dict[str, object]) -> None:
    fill_form(TrainConfig())
    session[key_of("learning_rate")] = np.float64(-1.0)
    assert complaint() == "Learning rate is -1.0; choose a number from 1e-07 to 100."
    session[key_of("learning_rate")] = np.float64(0.5)
    assert type(read_form().learning_rate) is float


def test_no_data_is_said_in_the_forms_words(session: dict[str, object]) -> None:
    fill_form(TrainConfig())
    session[key_of("data")] = []
    assert complaint() == "Data is empty; choose one data set or several."


def test_the_error_says_which_field_it_is_about(session: dict[str, object]) -> None:
    fill_form(TrainConfig())
    session[key_of("batch_size")] = 0
    with pytest.raises(BadConfig) as caught:
        read_form()
    assert (caught.value.field, caught.value.value) == ("batch_size", 0)


def test_every_bad_field_is_told_of_at_once(session: dict[str, object]) -> None:
    fill_form(TrainConfig())
    assert bad_fields() == {}
    session[key_of("batch_size")] = 0
    session[key_of("learning_rate")] = -1.0
    assert list(bad_fields()) == ["batch_size", "learning_rate"]


def test_every_field_has_a_label_of_words() -> None:
    labels = [label_of(name) for name in MEANINGS]
    assert len(set(labels)) == len(labels)
    assert all("_" not in label and label[0].isupper() for label in labels)


def test_the_fields_that_were_changed_are_named() -> None:
    before = TrainConfig()
    assert changed_fields(before, before) == []
    assert changed_fields(before.replace(epochs=9, non_digits=0.5), before) == ["Epochs", "Non-digits"]
