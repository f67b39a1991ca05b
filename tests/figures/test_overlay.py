import numpy as np
import pytest

from digitlab.figures.overlay import Compared, overlaid_accuracy, overlaid_loss, overlaid_roc, recall_differences
from digitlab.metrics.curves import Curve

HISTORY = [
    {"epoch": 1, "train_loss": 0.5, "validation_loss": 0.4, "train_accuracy": 0.8, "validation_accuracy": 0.85},
    {"epoch": 2, "train_loss": 0.3, "validation_loss": 0.2, "train_accuracy": 0.9, "validation_accuracy": 0.95},
]
MODELS = [Compared("a", "#4477AA", HISTORY), Compared("b", "#EE6677", HISTORY[:1])]


def test_each_model_has_its_colour_in_every_figure() -> None:
    for figure in (overlaid_loss(MODELS), overlaid_accuracy(MODELS)):
        assert [trace.line.color for trace in figure.data] == ["#4477AA", "#4477AA", "#EE6677", "#EE6677"]
        assert figure.layout.xaxis.title.text == "epoch"
        assert figure.layout.yaxis.title.text


def test_accuracies_are_percentages() -> None:
    assert list(overlaid_accuracy(MODELS).data[1].y) == [85.0, 95.0]


def test_a_model_without_history_leaves_the_others_alone() -> None:
    figure = overlaid_loss([Compared("c", "#228833"), MODELS[0]])
    assert [len(trace.x) for trace in figure.data] == [0, 0, 2, 2]


def test_the_zoom_shows_the_worst_curve_too() -> None:
    good = Curve("macro average", np.array([0.0, 0.001, 1.0]), np.array([0.9, 0.99, 1.0]), 0.999)
    bad = Curve("macro average", np.array([0.0, 0.001, 1.0]), np.array([0.1, 0.6, 1.0]), 0.95)
    figure = overlaid_roc([(MODELS[0], good), (MODELS[1], bad)], "macro average", zoomed=True)
    assert list(figure.layout.xaxis.range) == [0, 0.01]
    assert figure.layout.yaxis.range[0] < 0.6
    assert [trace.name for trace in figure.data] == ["a: AUC 0.99900", "b: AUC 0.95000"]


A, B = Compared("a", "#4477AA"), Compared("b", "#EE6677")


def test_each_bar_has_the_colour_of_the_model_that_finds_more() -> None:
    more_a, more_b = recall_differences(A, B, {0: 0.9, 1: 0.5, 2: 0.7}, {0: 0.8, 1: 0.75, 2: 0.7}).data
    assert (list(more_a.x), list(more_a.y)) == ([0], [pytest.approx(-10)])
    assert (list(more_b.x), list(more_b.y)) == ([1], [pytest.approx(25)])
    assert (more_a.marker.color, more_b.marker.color) == ("#4477AA", "#EE6677")


def test_digits_that_only_one_of_them_was_asked_are_left_out() -> None:
    _, more_b = recall_differences(A, B, {0: 0.5}, {0: 0.6, 1: 1.0}).data
    assert list(more_b.x) == [0]


def test_the_loss_is_named_with_its_unit() -> None:
    assert overlaid_loss(MODELS).layout.yaxis.title.text.startswith("cross-entropy (nats)")


def test_a_name_is_text_and_neither_a_link_nor_a_place_for_a_value() -> None:
    hostile = Compared('<a href="https://evil.example">%{x}</a>', "#4477AA", HISTORY)
    curve = Curve("macro average", np.array([0.0, 1.0]), np.array([0.9, 1.0]), 0.9)
    figures = [
        overlaid_loss([hostile]),
        overlaid_roc([(hostile, curve)], "macro average", zoomed=True),
        recall_differences(hostile, B, {0: 0.5}, {0: 0.6}),
    ]
    for figure in figures:
        said = figure.to_json().encode().decode("unicode_escape")
        assert "&lt;a href=" in said
        assert "<a " not in said
        assert 'evil.example">%{x}' not in said.replace("&gt;", ">")


def test_the_legend_is_as_wide_as_the_longest_name() -> None:
    short, long = (
        overlaid_loss([Compared(name, "#228833", HISTORY)]).layout.legend.entrywidth for name in ("a", "a" * 40)
    )
    assert short + 6 * 39 == long > 6 * 40
