"""The colours of the house, who gets which of them, and signed values as colours."""

import re

import numpy as np
import pytest

from digitlab.figures.style import DIGITS, MODELS, colour_numbers, limit_of, model_colour, signed_colours


def test_colours_are_all_different_hex_colours() -> None:
    for colours in (MODELS, DIGITS):
        assert len(set(colours)) == len(colours)
        assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)
    assert len(DIGITS) == 10


def test_models_get_numbers_in_the_order_in_which_they_are_chosen() -> None:
    assert colour_numbers(["b", "a"], {}) == {"b": 0, "a": 1}


def test_a_model_keeps_its_number_while_others_come_and_go() -> None:
    before = colour_numbers(["a", "b", "c"], {})
    after = colour_numbers(["c", "d", "b"], before)
    assert after == {"c": 2, "b": 1, "d": 0}


def test_nothing_chosen_has_no_numbers() -> None:
    assert colour_numbers([], {"a": 3}) == {}


def test_two_models_never_share_a_number() -> None:
    before: dict[str, int] = {}
    for chosen in (["a"], ["a", "b", "c"], ["c"], ["d", "c", "a", "e"], ["e", "f", "g", "d"]):
        before = colour_numbers(chosen, before)
        assert before.keys() == set(chosen)
        assert len(set(before.values())) == len(chosen)


def test_after_the_last_colour_they_begin_again() -> None:
    assert model_colour(0) == MODELS[0] == model_colour(len(MODELS))


def _colours(values: list[float]) -> list[tuple[int, ...]]:
    picture = signed_colours(np.array([values]), 1.0)
    assert (picture.dtype, picture.shape) == (np.uint8, (1, len(values), 3))
    return [tuple(pixel) for pixel in picture[0].tolist()]


def test_zero_is_neutral_and_both_ends_are_as_far_from_it() -> None:
    low, middle, high = _colours([-1.0, 0.0, 1.0])
    assert len(set(middle)) == 1
    assert low[2] > low[0]
    assert high[0] > high[2]


def test_values_beyond_the_limit_and_no_numbers_have_a_colour() -> None:
    assert _colours([5.0, np.nan]) == _colours([1.0, 0.0])


@pytest.mark.parametrize(("values", "limit"), [([-3.0, 2.0], 3.0), ([0.0], 1.0), ([], 1.0), ([np.inf], 1.0)])
def test_the_limit_is_the_largest_amount(values: list[float], limit: float) -> None:
    assert limit_of(np.array(values)) == limit
