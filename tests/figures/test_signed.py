"""Signed values as colours."""

import io

import numpy as np
import pytest
from PIL import Image

from digitlab.figures.signed import limit_of, signed_png


def _colours(values: list[float]) -> list[tuple[int, ...]]:
    picture = Image.open(io.BytesIO(signed_png(np.array([values]), 1.0)))
    return [tuple(pixel) for pixel in np.asarray(picture)[0].tolist()]


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
