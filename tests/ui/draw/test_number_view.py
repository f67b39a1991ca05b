"""Numbers as HTML: what each model reads, and that nothing from outside becomes markup."""

import numpy as np

from digitlab.reading.number import FoundDigit
from digitlab.reading.predictor import Reading
from digitlab.ui.draw.number_view import INVITATION, NumberAnswer, number_html


def digit(line: int = 0) -> FoundDigit:
    return FoundDigit((0, 0, 10, 10), np.zeros((28, 28), np.uint8), line)


def reading(said: int, sure: bool = True) -> Reading:
    probabilities = np.full(10, 0.01)
    probabilities[said] = 0.91
    return Reading(said, probabilities, 1.0, sure)


def answer(name: str, text: str, sure: bool = True) -> NumberAnswer:
    return NumberAnswer(name, "#4477AA", text, [reading(int(said), sure) for said in text])


def test_each_digit_has_its_image_and_its_probability() -> None:
    shown = number_html([answer("cnn", "26")], [digit(), digit()])
    assert shown.count("<img") == 2
    assert shown.count("91.0\u202f%</span>") == 2
    assert "cnn reads 26." in shown


def test_models_that_agree_are_said_to_agree() -> None:
    assert "They agree on 26." in number_html([answer("softmax", "26"), answer("cnn", "26")], [digit()] * 2)


def test_a_disagreement_names_who_reads_what() -> None:
    shown = number_html([answer("softmax", "20"), answer("cnn", "26")], [digit()] * 2)
    assert "They disagree: softmax reads 20, cnn reads 26." in shown


def test_doubt_is_said() -> None:
    assert "cnn reads 26; cnn is not sure of all digits." in number_html([answer("cnn", "26", False)], [digit()] * 2)


def test_before_anything_is_written_there_is_an_invitation() -> None:
    assert INVITATION in number_html([NumberAnswer("cnn", "#4477AA")], [])


def test_names_and_errors_stay_text() -> None:
    shown = number_html([NumberAnswer("<b>x", "#4477AA", trouble="<script>")], [])
    assert "<b>x" not in shown and "<script>" not in shown
