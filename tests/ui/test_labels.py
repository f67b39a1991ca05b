import pytest
import streamlit as st

from digitlab.errors import BadInk
from digitlab.ui.labels import new_labels

STROKES = [[[10, 10], [50, 90]]]


def label(name: str, digit: object = 7) -> dict[str, object]:
    return {"id": name, "digit": digit, "strokes": STROKES, "penWidth": 12}


@pytest.fixture(autouse=True)
def _session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_a_label_is_taken_once_however_often_it_is_sent() -> None:
    ((digit, drawing),) = new_labels("pad", [label("a")])
    assert (digit, drawing.ink, drawing.pen_width) == (7, STROKES, 12)
    assert new_labels("pad", [label("a")]) == []
    assert [digit for digit, _ in new_labels("pad", [label("a"), label("b", 3)])] == [3]


def test_nothing_sent_is_no_label() -> None:
    assert new_labels("pad", None) == []


@pytest.mark.parametrize("odd", [label("a", 10), label("a", -1), label("a", True), label("a", "7"), {"id": 1}, "x", 5])
def test_a_label_that_is_no_digit_is_refused(odd: object) -> None:
    with pytest.raises(BadInk, match="no digit from 0 to 9"):
        new_labels("pad", [odd])


def test_a_label_without_proper_ink_is_refused_and_not_tried_again() -> None:
    bad = {**label("a"), "strokes": "none"}
    with pytest.raises(BadInk):
        new_labels("pad", [bad])
    assert new_labels("pad", [bad]) == []
