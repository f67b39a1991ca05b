import pytest

from digitlab.config import TrainConfig
from digitlab.errors import BadConfig
from digitlab.sweeps.space import Axis, Choice, Range, axis_from_text, axis_text, check_axis, points_of, value_at

BASE = TrainConfig()


@pytest.mark.parametrize(
    ("field", "text", "axis"),
    [
        ("learning_rate", "0.001..0.1:log", Range(0.001, 0.1, log=True)),
        ("learning_rate", "0.001..0.1:log:5", Range(0.001, 0.1, log=True, points=5)),
        ("dropout", "0..0.5", Range(0.0, 0.5)),
        ("dropout", "0..0.5:3", Range(0.0, 0.5, points=3)),
        ("batch_size", "32,64,128", Choice((32, 64, 128))),
        ("model", "softmax,cnn-small", Choice(("softmax", "cnn-small"))),
        ("start_from", "cnn", Choice(("cnn",))),
    ],
)
def test_the_words_of_an_axis_are_read_and_written(field: str, text: str, axis: Axis) -> None:
    assert axis_from_text(field, text) == axis
    assert axis_text(axis) == text


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("colour", "1,2", "Unknown setting 'colour'"),
        ("batch_size", "32,big", "batch_size is 'big'; it must be of type int"),
        ("batch_size", "32,32", "names a value twice"),
        ("learning_rate", "0.1..0.001", "no range"),
        ("learning_rate", "0.1..nan", "no range"),
        ("learning_rate", "0..0.1:log", "cannot be logarithmic"),
        ("learning_rate", "0.1..0.2:linear", "write a range as"),
        ("learning_rate", "0.1..0.2:2:3", "write a range as"),
        ("learning_rate", "0.1..0.2:1", "cannot have 1 points"),
        ("learning_rate", "a..b", "it must be of type float"),
    ],
)
def test_words_that_are_no_axis_are_refused(field: str, text: str, words: str) -> None:
    with pytest.raises(BadConfig, match=words):
        axis_from_text(field, text)


@pytest.mark.parametrize(
    ("field", "axis", "words"),
    [
        ("colour", Choice((1,)), "Unknown setting"),
        ("seed", Choice((1, 2)), r"seed is '1,2'; a sweep cannot try it: say how many seeds instead"),
        ("name", Choice(("a",)), "a sweep cannot try it"),
        ("schedule", Choice(("cosine", "wavy")), "schedule is 'wavy'; choose one of"),
        ("batch_size", Choice((1.5,)), "batch_size is 1.5; it must be of type int"),
        ("dropout", Range(0.0, 2.0), "dropout is 2.0; choose a number from 0 to 0.95"),
        ("batch_size", Range(1.5, 8), "it must be of type int, at both ends"),
        ("model", Range(0, 1), "it has no range: name its values"),
    ],
)
def test_what_a_setting_does_not_take_is_refused(field: str, axis: Axis, words: str) -> None:
    with pytest.raises(BadConfig, match=words) as caught:
        check_axis(field, axis, BASE)
    assert caught.value.field in (field, "")


@pytest.mark.parametrize("values", [(), tuple(range(1, 102))])
def test_no_value_or_very_many_are_refused(values: tuple[int, ...]) -> None:
    with pytest.raises(BadConfig, match="cannot be tried"):
        Choice(values)


def test_the_ends_of_a_whole_setting_become_whole() -> None:
    axis = check_axis("batch_size", Range(8.0, 64.0), BASE)
    assert isinstance(axis, Range)
    assert (type(axis.low), axis.low, axis.high) == (int, 8, 64)


def test_a_grid_takes_points_from_end_to_end() -> None:
    assert points_of("learning_rate", Range(0.001, 0.1, log=True, points=3)) == (0.001, 0.01, 0.1)
    assert points_of("dropout", Range(0.0, 0.5, points=3)) == (0.0, 0.25, 0.5)
    assert points_of("epochs", Range(1, 3, points=9)) == (1, 2, 3)
    with pytest.raises(BadConfig, match="a grid needs a number of points"):
        points_of("dropout", Range(0.0, 0.5))


def test_whole_numbers_are_equally_likely_at_the_ends_too() -> None:
    drawn = [value_at("epochs", Range(1, 4), (index + 0.5) / 400) for index in range(400)]
    assert [drawn.count(value) for value in (1, 2, 3, 4)] == [100, 100, 100, 100]
    assert [value_at("epochs", Range(1, 4), share) for share in (0.0, 1.0)] == [1, 4]


def test_a_share_of_a_logarithmic_range_is_a_share_of_its_magnitudes() -> None:
    assert value_at("learning_rate", Range(0.001, 0.1, log=True), 0.5) == 0.01
    assert value_at("learning_rate", Range(0.001, 0.1), 0.5) == 0.0505
    assert value_at("model", Choice(("a", "b")), 0.49) == "a"
    assert value_at("model", Choice(("a", "b")), 1.0) == "b"
