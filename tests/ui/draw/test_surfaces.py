"""What is remembered of an uploaded picture."""

import io

import numpy as np
import pytest
from PIL import Image

from digitlab.image.photo import find_ink, open_picture
from digitlab.ui.draw.surfaces import _opened as opened


@pytest.fixture(scope="module")
def large() -> bytes:
    """A picture of 3000 by 2000 pixels, a thick line on paper, as a PNG file."""
    paper = np.full((2000, 3000), 230, np.uint8)
    paper[400:1600, 1400:1480] = 30
    file = io.BytesIO()
    Image.fromarray(paper).save(file, "PNG", compress_level=1)
    return file.getvalue()


def test_a_large_picture_is_remembered_small(large: bytes) -> None:
    picture, _ = opened(large, "large.png")
    assert max(picture.size) <= 1024
    assert picture.width / picture.height == pytest.approx(1.5, abs=0.01)


def test_the_ink_is_found_on_the_picture_as_it_is(large: bytes) -> None:
    _, ink = opened(large, "large.png")
    np.testing.assert_array_equal(ink, find_ink(open_picture(large, "large.png")))
    assert ink.max() == 255


def test_a_small_picture_stays_as_it_is() -> None:
    file = io.BytesIO()
    paper = np.full((90, 60), 230, np.uint8)
    paper[20:70, 28:34] = 30
    Image.fromarray(paper).save(file, "PNG")
    picture, _ = opened(file.getvalue(), "small.png")
    assert picture.size == (60, 90)
