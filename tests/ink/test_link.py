"""Drawings in links: what goes in comes out, within its length, and nothing else is believed."""

import base64
import zlib
from random import Random

import numpy as np
import pytest

from digitlab.errors import BadInk, DigitlabError
from digitlab.image.prepare import prepare_ink
from digitlab.ink.link import LONGEST, from_link, simplified, to_link
from digitlab.ink.strokes import MOST_POINTS, Drawing, Ink

SEVEN = Drawing(ink=[[[60, 60], [200.4, 60.1], [120, 230]], [[90, 140], [180, 140]]], pen_width=18.0)


def wavy(points: int, seed: int = 0) -> Ink:
    """A long way of the pen, in the tenths of pixels that the pad sends."""
    turns = np.cumsum(np.random.default_rng(seed).normal(0, 0.15, points))
    way = 140 + np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1) * 1.5, 0)
    return [np.clip(way, 0, 280).round(1).tolist()]


def packed(data: bytes, form: str = "1") -> str:
    return form + base64.urlsafe_b64encode(zlib.compress(data)).decode().rstrip("=")


def test_what_the_pad_sends_comes_back_exactly() -> None:
    assert from_link(to_link(SEVEN)) == SEVEN


def test_an_ordinary_drawing_takes_a_hundred_characters_that_need_no_escaping() -> None:
    text = to_link(SEVEN)
    assert len(text) < 100
    assert text.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("ink", [[[[5, 5]]], [[[-40.5, 900]]], [[[0, 0], [0, 0]], [], [[839.9, 279.9], [1, 1]]]])
def test_dots_and_strokes_beside_the_canvas_come_back(ink: Ink) -> None:
    found = from_link(to_link(Drawing(ink=ink, pen_width=7.5)))
    assert [stroke[0] for stroke in found.ink] == [stroke[0] for stroke in ink if stroke]
    assert found.pen_width == 7.5


def test_a_pen_that_stands_still_leaves_one_point() -> None:
    assert from_link(to_link(Drawing(ink=[[[1, 1], [1.01, 1], [2, 2]]]))).ink == [[[1, 1], [2, 2]]]


def test_a_long_drawing_keeps_its_length_and_its_image() -> None:
    drawing = Drawing(ink=wavy(1500))
    text = to_link(drawing)
    assert len(text) <= LONGEST
    found = from_link(text)
    assert len(found.ink[0]) < 1500
    before, after = (prepare_ink(one.ink, one.pen_width).image.astype(int) for one in (drawing, found))
    assert np.abs(before - after).mean() < 4


def test_what_no_link_can_hold_is_refused_with_a_remedy() -> None:
    with pytest.raises(BadInk, match=r"too long for a link\. Draw fewer"):
        to_link(Drawing(ink=np.random.default_rng(1).uniform(0, 280, (1, 3000, 2)).tolist()))
    with pytest.raises(BadInk, match="no ink"):
        to_link(Drawing(ink=[[]]))


def test_points_that_are_left_out_lie_near_the_line() -> None:
    line = [(0, 0), (10, 1), (20, 0), (30, 40), (30, 40), (0, 0)]
    assert simplified(line, 2) == [(0, 0), (20, 0), (30, 40), (0, 0)]
    assert simplified(line, 0.1) == [(0, 0), (10, 1), (20, 0), (30, 40), (0, 0)]
    assert simplified([(3, 3)], 1) == [(3, 3)]


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "x", "1####", "1AAAA", "2" + to_link(SEVEN)[1:], to_link(SEVEN)[:-4], to_link(SEVEN) + "A"),
        *("1" + "A" * 9000, "é" * 50, "![x](http://a)", to_link(SEVEN) + "\n", "1\ud800"),
        packed(b""),
        packed(bytes([180, 1])),  # a pen and no stroke
        packed(bytes([180, 1, 3, 0, 0])),  # a stroke that ends too early
        packed(bytes([180, 1, 0x80])),  # a number that ends too early
        packed(bytes([180, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])),  # a number that is too large
        packed(bytes([1, 1, 0, 0])),  # a pen of a tenth of a pixel
        packed(bytes([180, 1, 0xFF, 0xFF, 0x7F, *([2, 2] * (MOST_POINTS + 1))])),
        packed(b"\0" * 10**8),  # a bomb
    ],
)
def test_nonsense_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadInk) as refused:
        from_link(text)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


def test_a_thousand_random_edits_give_a_drawing_or_one_line() -> None:
    random, whole = Random(7), to_link(Drawing(ink=wavy(80)))
    letters = "ABCxyz019-_=+/%é\n "
    refused = 0
    for _ in range(1000):
        text = list(whole)
        for _ in range(random.choice((1, 1, 2, 5))):
            at = random.randrange(len(text))
            text[at : at + random.choice((0, 1, 1, 30))] = random.choices(letters, k=random.choice((0, 1, 1, 4)))
        try:
            assert from_link("".join(text)).ink
        except DigitlabError as error:
            refused += 1
            assert str(error).isprintable()
    assert refused > 900, "the checksum finds nearly all"
