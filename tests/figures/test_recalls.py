import pytest

from digitlab.figures.overlay import Compared
from digitlab.figures.recalls import recall_differences

A, B = Compared("a", "#4477AA"), Compared("b", "#EE6677")


def test_each_bar_has_the_colour_of_the_model_that_finds_more() -> None:
    more_a, more_b = recall_differences(A, B, {0: 0.9, 1: 0.5, 2: 0.7}, {0: 0.8, 1: 0.75, 2: 0.7}).data
    assert (list(more_a.x), list(more_a.y)) == ([0], [pytest.approx(-10)])
    assert (list(more_b.x), list(more_b.y)) == ([1], [pytest.approx(25)])
    assert (more_a.marker.color, more_b.marker.color) == ("#4477AA", "#EE6677")


def test_digits_that_only_one_of_them_was_asked_are_left_out() -> None:
    _, more_b = recall_differences(A, B, {0: 0.5}, {0: 0.6, 1: 1.0}).data
    assert list(more_b.x) == [0]
