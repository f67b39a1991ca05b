import pytest

from digitlab.errors import BadInk, UnknownName
from digitlab.reading.parameters import Parameters, checked_parameters


def test_values_are_given_back_and_defaults_where_nothing_was_said() -> None:
    asked = checked_parameters({"digit": 3, "epsilon": 0.5, "method": "occlusion", "signed": True})
    assert asked.whole("digit", 0, 9, 0) == 3
    assert asked.number("epsilon", 0, 1, 0.0) == 0.5
    assert asked.choice("method", ("occlusion", "gradients"), "gradients") == "occlusion"
    nothing = Parameters()
    assert (nothing.whole("digit", 0, 9, 7), nothing.number("epsilon", 0, 1, 0.25)) == (7, 0.25)
    assert nothing.choice("method", ("a", "b"), "b") == "b"


@pytest.mark.parametrize("value", [10, -1, 3.0, "3", True])
def test_what_is_no_whole_number_in_its_range_is_refused_by_name(value: int | float | str) -> None:
    with pytest.raises(BadInk, match=r"digit is .*from 0 to 9"):
        Parameters({"digit": value}).whole("digit", 0, 9, 0)


@pytest.mark.parametrize("value", [1.5, "0.5", False])
def test_what_is_no_number_in_its_range_is_refused_by_name(value: float | str) -> None:
    with pytest.raises(BadInk, match=r"epsilon is .*from 0 to 1"):
        Parameters({"epsilon": value}).number("epsilon", 0, 1, 0)


def test_what_is_no_option_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="Choose one of: a, b"):
        Parameters({"method": "c"}).choice("method", ("a", "b"), "a")


@pytest.mark.parametrize(
    "value",
    [None, [1], {1: 2}, {"a": None}, {"a": [1]}, {"a": float("nan")}, {"a": 2**60}, {"a": "x" * 201}, {"a\n": 1}],
)
def test_anything_but_names_with_plain_values_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(BadInk) as refused:
        checked_parameters(value)
    assert "\n" not in str(refused.value)
