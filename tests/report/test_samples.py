"""The samples of a report: ordinary images and mistakes, the same ones for the same answers."""

import re

import numpy as np

from digitlab.metrics.predictions import Predictions
from digitlab.report.samples import describe_samples, sample_rows
from digitlab.report.tables import sample_grid


def some_answers() -> Predictions:
    """400 answers; every tenth is wrong, but none of the sevens'."""
    labels = np.repeat(np.arange(10), 40)
    said = np.where((np.arange(400) % 10 == 0) & (labels != 7), (labels + 1) % 10, labels)
    return Predictions(4.0 * np.eye(10)[said], labels)


def test_every_digit_has_a_row_of_its_own_images_and_one_of_its_mistakes() -> None:
    answers = some_answers()
    rows = sample_rows(answers)
    assert [row.digit for row in rows] == list(range(10))
    for row in rows:
        shown = [*row.drawn, *([] if row.mistake is None else [row.mistake])]
        assert len(set(shown)) == len(shown)
        assert set(answers.labels[shown]) == {row.digit}
    assert [row.digit for row in rows if row.mistake is None] == [7]
    assert not answers.right[[row.mistake for row in rows if row.mistake is not None]].any()


def test_right_answers_are_shown_and_not_mistakes_alone() -> None:
    answers = some_answers()
    html = sample_grid(answers, np.zeros((400, 28, 28), np.uint8), sample_rows(answers))
    assert html.count('class="right"') > 30
    assert html.count('class="wrong"') >= 9
    assert {true == said for true, said in re.findall(r"<figcaption>(\d) → (\d)<br>", html)} == {True, False}


def test_the_same_answers_have_the_same_samples() -> None:
    first, again = sample_rows(some_answers()), sample_rows(some_answers())
    assert [(row.drawn.tolist(), row.mistake) for row in first] == [(row.drawn.tolist(), row.mistake) for row in again]


def test_a_digit_with_fewer_images_shows_all_of_them() -> None:
    answers = Predictions(np.eye(10)[[3, 3, 5]], np.array([3, 3, 3]))
    (row,) = sample_rows(answers)
    assert (sorted(row.drawn), row.mistake) == ([0, 1, 2], None)
    assert "Of the 3 drawn at random, 2 are read right." in describe_samples(answers, [row])
