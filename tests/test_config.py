import dataclasses
import json
import math

import numpy as np
import pytest

from digitlab.config import CHOICES, FORMAT, MEANINGS, RANGES, TrainConfig, differing_settings
from digitlab.errors import BadConfig

FIELDS = {field.name: field for field in dataclasses.fields(TrainConfig)}
JUST_OUTSIDE = {int: 1, float: 1e-6}


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("end", [0, 1])
def test_both_ends_of_a_range_are_allowed(name: str, end: int) -> None:
    value = FIELDS[name].type(RANGES[name][end])
    assert getattr(TrainConfig(**{name: value}), name) == value


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize(("end", "sign"), [(0, -1), (1, 1)])
def test_values_just_outside_a_range_are_refused_with_field_value_and_range(name: str, end: int, sign: int) -> None:
    kind = FIELDS[name].type
    value = kind(RANGES[name][end]) + sign * JUST_OUTSIDE[kind]
    low, high = RANGES[name]
    with pytest.raises(BadConfig) as caught:
        TrainConfig(**{name: value})
    assert str(caught.value) == f"{name} is {value!r}; choose a number from {low:g} to {high:g}."


def test_a_learning_rate_of_minus_one_is_refused() -> None:
    with pytest.raises(BadConfig, match="learning_rate is -1; choose a number from 1e-07 to 100"):
        TrainConfig(learning_rate=-1)


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.type is float])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused(name: str, value: float) -> None:
    with pytest.raises(BadConfig, match=f"{name} is {value!r}"):
        TrainConfig(**{name: value})


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in CHOICES.items() for word in words])
def test_every_listed_choice_is_allowed(name: str, word: str) -> None:
    assert getattr(TrainConfig(**{name: word}), name) == word


@pytest.mark.parametrize("name", CHOICES)
def test_another_choice_is_refused_with_all_choices(name: str) -> None:
    with pytest.raises(BadConfig) as caught:
        TrainConfig(**{name: "other"})
    assert str(caught.value) == f"{name} is 'other'; choose one of {', '.join(CHOICES[name])}."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", True),
        ("epochs", True),
        ("learning_rate", "0.1"),
        ("epochs", 3.0),
        ("epochs", None),
        ("dropout", 1j),
        ("model", 3),
        ("name", None),
        ("schedule", ["cosine"]),
    ],
)
def test_values_of_the_wrong_type_are_refused(name: str, value: object) -> None:
    kind = FIELDS[name].type.__name__
    with pytest.raises(BadConfig) as caught:
        TrainConfig(**{name: value})
    assert str(caught.value) == f"{name} is {value!r}; it must be of type {kind}."


def test_numpys_numbers_become_plain_ones() -> None:
    plain = TrainConfig(model="softmax", epochs=3, learning_rate=0.5, dropout=0.25, seed=7, momentum=0)
    config = TrainConfig(
        model=np.str_("softmax"),
        epochs=np.int64(3),
        learning_rate=np.float32(0.5),
        dropout=np.float64(0.25),
        seed=np.array(7),
        momentum=np.uint8(0),
    )
    assert config == plain
    assert hash(config) == hash(plain)
    assert json.dumps(config.to_dict()) == json.dumps(plain.to_dict())
    assert (
        plain.replace(epochs=np.int32(3)) == TrainConfig.from_dict({**plain.to_dict(), "epochs": np.int16(3)}) == plain
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("epochs", np.float64(3.0), "epochs is 3.0; it must be of type int."),
        ("epochs", np.bool_(True), "epochs is True; it must be of type int."),
        ("epochs", np.int64(-1), "epochs is -1; choose a number from 0 to 1000."),
        ("learning_rate", np.float32("nan"), "learning_rate is nan; choose a number from 1e-07 to 100."),
        ("learning_rate", np.array([0.5]), "learning_rate is array([0.5]); it must be of type float."),
    ],
)
def test_numpys_numbers_are_checked_as_plain_ones(name: str, value: object, said: str) -> None:
    with pytest.raises(BadConfig) as caught:
        TrainConfig(**{name: value})
    assert str(caught.value) == said


def test_an_error_carries_the_field_for_a_form() -> None:
    with pytest.raises(BadConfig) as caught:
        TrainConfig(epochs=1001)
    error = caught.value
    assert (error.field, error.value, error.allowed) == ("epochs", 1001, "choose a number from 0 to 1000")


def test_every_field_has_a_meaning_and_numbers_have_ranges() -> None:
    assert MEANINGS.keys() == FIELDS.keys()
    assert all(meaning.endswith(".") for meaning in MEANINGS.values())
    assert {name for name, field in FIELDS.items() if field.type in (int, float)} == RANGES.keys()
    assert not RANGES.keys() & CHOICES.keys()


def test_a_whole_number_is_fine_for_a_float_field() -> None:
    assert TrainConfig(learning_rate=1).learning_rate == 1


@pytest.mark.parametrize("name", ["model", "data"])
@pytest.mark.parametrize("value", ["", "../x", "CNN", "a b", "cnn\n", "cnn/", "cnn.pt", "mnist+", "+pen"])
def test_names_that_are_no_names_are_refused(name: str, value: str) -> None:
    with pytest.raises(BadConfig, match=f"{name} is "):
        TrainConfig(**{name: value})


@pytest.mark.parametrize(
    "value", ["../x", "CNN", "a b", "cnn\n", "cnn+", "+cnn", "cnn++cnn", "+".join("abcdefghi"), "x" * 641]
)
def test_teachers_that_are_no_names_are_refused(value: str) -> None:
    with pytest.raises(BadConfig, match=r"teachers is .*; choose at most 8 checkpoints or run ids"):
        TrainConfig(teachers=value)


def test_the_data_sets_that_a_config_joins_count_once_each() -> None:
    assert TrainConfig().data_names == ["mnist"]
    assert TrainConfig(data="pen+mnist+pen").data_names == ["pen", "mnist"]


def test_each_teacher_counts_once_in_the_order_of_their_names() -> None:
    assert TrainConfig().teacher_names == []
    assert TrainConfig(teachers="cnn+20261129-220634-cnn-deep-d43f61+cnn").teacher_names == [
        "cnn",
        "20261129-220634-cnn-deep-d43f61",
    ]


@pytest.mark.parametrize("value", ["x" * 81, "two\nlines", "bell\a"])
def test_a_run_name_is_short_and_printable(value: str) -> None:
    with pytest.raises(BadConfig, match=r"name is .*; choose at most 80 printable characters"):
        TrainConfig(name=value)


def test_a_run_name_may_be_in_any_language() -> None:
    assert TrainConfig(name="Ziffern 手書き ✓").name == "Ziffern 手書き ✓"


@pytest.mark.parametrize("field", ["model", "schedule", "data"])
def test_an_error_never_repeats_a_huge_value(field: str) -> None:
    with pytest.raises(BadConfig) as caught:
        TrainConfig(**{field: "/" * 10**6})
    assert len(str(caught.value)) < 300


def test_the_saved_form_gives_the_same_config_back() -> None:
    config = TrainConfig(model="softmax", data="mnist+pen", epochs=7, learning_rate=0.5, name="mine", seed=3)
    saved = json.loads(json.dumps(config.to_dict()))
    assert saved["format"] == FORMAT
    assert saved.keys() == {"format", *FIELDS}
    assert TrainConfig.from_dict(saved) == config


def test_fields_that_were_not_saved_have_their_defaults() -> None:
    assert TrainConfig.from_dict({"epochs": 2}) == TrainConfig(epochs=2)


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadConfig, match=r"Unknown setting 'lr'\. Known are: model, data, epochs"):
        TrainConfig.from_dict({"lr": 0.1})
    with pytest.raises(BadConfig, match="Unknown setting 'lr'"):
        TrainConfig().replace(lr=0.1)


@pytest.mark.parametrize("version", [2, 0, "1", None, []])
def test_another_version_of_the_format_is_refused(version: object) -> None:
    with pytest.raises(BadConfig, match=r"this digitlab reads 1. Update digitlab"):
        TrainConfig.from_dict({"format": version})


def test_a_saved_form_with_a_bad_value_is_refused() -> None:
    with pytest.raises(BadConfig, match="epochs is -3"):
        TrainConfig.from_dict({**TrainConfig().to_dict(), "epochs": -3})


def test_replace_checks_and_leaves_the_original_alone() -> None:
    config = TrainConfig(epochs=2)
    assert config.replace(epochs=3).epochs == 3
    assert config.epochs == 2
    with pytest.raises(BadConfig, match="epochs is 1001"):
        config.replace(epochs=1001)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().epochs = 3  # type: ignore[misc]


def test_only_settings_that_differ_are_named() -> None:
    configs = [TrainConfig(model="cnn", epochs=3, name="a"), TrainConfig(model="cnn", epochs=5, name="b")]
    assert differing_settings(configs) == {"epochs": [3, 5]}


def test_a_setting_that_differs_in_one_of_three_is_named_for_all() -> None:
    configs = [TrainConfig(), TrainConfig(), TrainConfig(seed=7)]
    assert differing_settings(configs) == {"seed": [0, 0, 7]}


def test_equal_configs_differ_in_nothing() -> None:
    assert differing_settings([TrainConfig(), TrainConfig()]) == {}


@pytest.mark.parametrize(
    ("epochs", "asked", "start", "found"),
    [(5, 2, "", 2), (5, 5, "", 4), (5, 9, "", 4), (1, 1, "", 0), (0, 1, "", 0), (2, 9, "cnn", 2), (0, 9, "cnn", 0)],
)
def test_distillation_takes_the_last_epochs_and_leaves_one_before_it_where_nothing_was_learned(
    epochs: int, asked: int, start: str, found: int
) -> None:
    config = TrainConfig(epochs=epochs, distillation_epochs=asked, start_from=start)
    assert config.epochs_of_distillation == found
