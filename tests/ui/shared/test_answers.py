"""The answers as HTML: what is written on the cards, and that nothing from outside becomes markup."""

import numpy as np

from digitlab.reading.predictor import Reading
from digitlab.ui.shared.answers import INVITATION, Answer, answers_html, verdict


def answer(name: str, digit: int, sure: bool = True) -> Answer:
    return Answer(name, "#4477AA", 7850, Reading(digit, np.full(10, 0.1), 0.94, sure))


def test_one_model_says_its_digit() -> None:
    assert verdict([answer("softmax", 7)]) == "softmax says 7."


def test_models_that_agree_are_said_to_agree() -> None:
    assert verdict([answer("softmax", 7), answer("cnn", 7)]) == "They agree on 7."


def test_a_disagreement_names_who_says_what() -> None:
    said = verdict([answer("softmax", 7), answer("cnn", 1), answer("cnn-mnist", 7)])
    assert said == "They disagree: softmax and cnn-mnist say 7, cnn says 1."


def test_a_model_that_is_not_sure_says_so_instead_of_a_digit() -> None:
    assert verdict([answer("cnn", 7, False)]) == "cnn is not sure: this may not be a digit."
    assert verdict([answer("softmax", 2, False), answer("cnn", 7, False)]) == (
        "softmax and cnn are not sure: this may not be a digit."
    )


def test_a_model_that_is_not_sure_disagrees_with_nobody() -> None:
    assert verdict([answer("softmax", 2, False), answer("cnn", 7)]) == "cnn says 7; softmax is not sure."


def test_the_card_of_an_unsure_model_says_not_sure() -> None:
    assert "not sure" in answers_html([answer("cnn", 7, False)])
    assert "not sure" not in answers_html([answer("cnn", 7)])


def test_a_card_shows_probability_weights_and_time() -> None:
    shown = answers_html([answer("softmax", 7)], np.zeros((28, 28), np.uint8))
    for text in (">7<", "10.0\u202f%", "7,850 parameters", "0.9\u202fms"):
        assert text in shown


def test_without_a_reading_there_is_a_note_and_no_percentage() -> None:
    shown = answers_html([Answer("softmax", "#4477AA", 7850)])
    assert INVITATION in shown
    assert "\u202f%" not in shown


def test_names_and_errors_stay_text() -> None:
    shown = answers_html([Answer("<b>x</b>", "#4477AA", 1, trouble="<script>")])
    assert "<b>" not in shown
    assert "<script" not in shown


def test_the_end_of_an_id_is_kept_apart_so_that_it_is_not_cut_off_with_the_name() -> None:
    assert "<span>mine &amp; yours</span><span> (abc123)</span></h2>" in answers_html(
        [answer("mine & yours (abc123)", 7)]
    )
    assert ">mine (large)</h2>" in answers_html([answer("mine (large)", 7)])


def test_the_page_keeps_its_shape_from_empty_to_answered() -> None:
    empty = answers_html([Answer("softmax", "#4477AA", 7850)])
    full = answers_html([answer("softmax", 7)], np.zeros((28, 28), np.uint8))
    assert empty.count("<li") == full.count("<li") == 10
    assert empty.count("<article") == full.count("<article") == 1
