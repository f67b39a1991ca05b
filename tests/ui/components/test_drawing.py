"""What a browser sends becomes a drawing, or is refused in one line."""

import pytest
import streamlit as st

from digitlab.errors import BadInk
from digitlab.ink.strokes import Drawing
from digitlab.ui.components.drawing import checked_drawing, new_labels, remember_number, session_pad


def test_strokes_and_pen_width_become_a_drawing() -> None:
    drawing = checked_drawing({"strokes": [[[1, 2], [3, 4]]], "penWidth": 20})
    assert drawing == Drawing(ink=[[[1.0, 2.0], [3.0, 4.0]]], pen_width=20.0)


@pytest.mark.parametrize("width", [None, "20", True, 0, -3, 1000, float("nan")])
def test_a_pen_width_out_of_range_is_refused(width: object) -> None:
    with pytest.raises(BadInk, match="pen width"):
        checked_drawing({"strokes": [], "penWidth": width})


def test_missing_strokes_are_refused() -> None:
    with pytest.raises(BadInk):
        checked_drawing({"penWidth": 20})


STROKES = [[[10, 10], [50, 90]]]


def label(name: str, digit: object = 7, stands: object = True) -> dict[str, object]:
    return {"id": name, "digit": digit, "stands": stands, "strokes": STROKES, "penWidth": 12}


@pytest.fixture(autouse=True)
def _session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_a_label_is_taken_once_however_often_it_is_sent() -> None:
    (taken,) = new_labels("pad", [label("a")])
    assert (taken.id, taken.digit, taken.drawing) == ("a", 7, Drawing(ink=STROKES, pen_width=12))
    assert new_labels("pad", [label("a")]) == []
    assert [one.digit for one in new_labels("pad", [label("a"), label("b", 3)])] == [3]


def test_what_the_pad_says_of_a_label_is_news_only_when_it_has_changed() -> None:
    taken = []
    for stands in (True, True, False, False, True, True):
        taken += [one.stands for one in new_labels("pad", [label("a", stands=stands)])]
    assert taken == [True, False, True]


def test_a_label_that_is_heard_of_only_after_it_was_taken_back_is_taken_back() -> None:
    (taken,) = new_labels("pad", [label("a", stands=False)])
    assert not taken.stands


def test_nothing_sent_is_no_label() -> None:
    assert new_labels("pad", None) == []


@pytest.mark.parametrize(
    "odd",
    [label("a", 10), label("a", -1), label("a", True), label("a", "7"), {"id": 1}, "x", label("a", stands="no"), 5],
)
def test_a_label_that_is_no_digit_is_refused(odd: object) -> None:
    with pytest.raises(BadInk, match="not a digit from 0 to 9"):
        new_labels("pad", [odd])


def test_a_label_without_proper_ink_is_refused_and_not_tried_again() -> None:
    bad = {**label("a"), "strokes": "none"}
    with pytest.raises(BadInk):
        new_labels("pad", [bad])
    assert new_labels("pad", [bad]) == []


@pytest.mark.parametrize("value", [1, "x", [1], None])
def test_what_is_no_object_is_no_drawing(value: object) -> None:
    with pytest.raises(BadInk, match="where a drawing belongs"):
        checked_drawing(value)


@pytest.mark.parametrize("sent", [5, "ab", {"id": 1}, True, [label("a")] * 17])
def test_labels_that_are_no_short_list_are_refused(sent: object) -> None:
    with pytest.raises(BadInk, match="not a digit from 0 to 9"):
        new_labels("pad", sent)


@pytest.mark.parametrize("name", ["a\nb", "\ud800", "x" * 81])
def test_a_label_with_an_unprintable_or_long_name_is_refused(name: str) -> None:
    with pytest.raises(BadInk, match="not a digit from 0 to 9"):
        new_labels("pad", [label(name)])


@pytest.mark.parametrize("number", [True, -1, 2**53, 10**400, 1.5, "7", None])
def test_a_number_that_no_pad_gives_counts_as_none(number: object) -> None:
    remember_number("pad", number)
    assert session_pad("pad").number == 0
