"""Pictures of signed values as markup."""

import base64
import re

import numpy as np

from digitlab.ui.components.signed_map import asking, large_map, scale, small_map


def sent(html: str, name: str, kind: str) -> np.ndarray:
    """The values of an attribute, as the browser unpacks them."""
    found = re.search(f'data-{name}="([^"]*)"', html)
    assert found
    return np.frombuffer(base64.b64decode(found[1]), kind)


def test_a_small_picture_goes_from_one_end_of_the_scale_to_the_other() -> None:
    values = np.array([[-2.0, -1.0, 0.0], [0.5, 1.0, 9.0]])
    assert sent(small_map(values, 1.0), "steps", "i1").tolist() == [-127, -127, 0, 64, 127, 127]
    assert 'width="3" height="2"' in small_map(values, 1.0)


def test_a_large_picture_has_its_values_whole_in_the_order_of_rows() -> None:
    values = np.arange(6, dtype=np.float64).reshape(2, 3) / 7
    assert sent(large_map(values.T, 1.0, "x", "y"), "floats", "<f4").tolist() == values.T.astype("<f4").ravel().tolist()


def test_the_marked_pixel_lies_where_it_is() -> None:
    html = large_map(np.zeros((4, 8)), 1.0, "x", "y", asks={"map": 3}, marked=(1, 6))
    assert 'style="left:75.000%;top:25.000%;width:12.500%;height:25.000%"' in html
    assert """ data-pixel='{"map":3}'>""" in html


def test_the_outline_goes_round_the_ink() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[5, 7:9] = 255
    path = re.search(r'd="([^"]*)"', large_map(image, 1.0, "x", "y", outlined=image))
    assert path
    edges = {f"M{x} {y}h1" for x in (7, 8) for y in (5, 6)} | {"M7 5v1", "M9 5v1"}
    assert set(re.findall(r"M\d+ \d+[hv]1", path[1])) == edges


def test_what_it_says_is_text_and_no_markup() -> None:
    html = large_map(np.zeros((2, 2)), 1.0, "<b>", '"<i>') + scale(1.0, "<u>") + asking({"model": "'><script>"})
    assert not re.search("<(b|u|script)>", html)
    assert html.count("<i>") == 0
    assert html.count("'") == 2


def test_amounts_have_half_a_scale() -> None:
    assert scale(2.0, "x").count("light-dark") == 9
    assert scale(2.0, "x", is_signed=False).count("light-dark") == 5
    assert "−2.00" not in scale(2.0, "x", is_signed=False)
