import pytest

from digitlab.figures.overlay import Compared
from digitlab.figures.robustness import Measured, describe_robustness, robustness_figure

A = Measured(Compared("a", "#4477AA"), (0, 1, 2), (0.98, 0.9, 0.4), ((0.97, 0.99), (0.88, 0.92), (0.37, 0.43)))
B = Measured(Compared("<b>%{x}", "#EE6677"), (0, 2), (0.9, 0.5), ((0.8, 0.95), (0.4, 0.6)))


def test_each_model_has_its_curve_in_its_colour_and_its_interval_as_a_band() -> None:
    data = robustness_figure([A, B], "noise", "Noise (grey levels)").data
    bands, lines = data[:2], data[2:]
    assert [line.line.color for line in lines] == ["#4477AA", "#EE6677"]
    assert list(lines[0].y) == [0.98, 0.9, 0.4]
    assert list(bands[0].x) == [0, 1, 2, 2, 1, 0]
    assert list(bands[0].y) == [0.99, 0.92, 0.43, 0.37, 0.88, 0.97]
    assert bands[0].fillcolor == "rgba(68, 119, 170, 0.18)"
    assert [tuple(one) for one in lines[1].customdata] == [pytest.approx((80, 95)), pytest.approx((40, 60))]


def test_a_line_stands_where_the_slider_does() -> None:
    (line,) = robustness_figure([A], "noise", "Noise", mark=1.5).layout.shapes
    assert (line.x0, line.x1) == (1.5, 1.5)
    assert not robustness_figure([A], "noise", "Noise").layout.shapes


def test_accuracy_is_shown_from_0_to_100_percent() -> None:
    low, high = robustness_figure([A], "noise", "Noise").layout.yaxis.range
    assert low < 0 < 1 < high < 1.05


def test_a_name_is_text_and_no_markup() -> None:
    assert robustness_figure([B], "noise", "Noise").data[1].name == "&lt;b&gt;%&#123;x}"


def test_the_words_say_where_each_model_stands_undisturbed_and_at_its_worst() -> None:
    said = describe_robustness([A, B], "noise", "Noise (grey levels)", 0)
    assert "a: 98.0 % undisturbed, lowest 40.0 % at 2" in said
    assert "<b>%{x}: 90.0 % undisturbed, lowest 50.0 % at 2" in said
    assert said.startswith("Accuracy by noise. Across: Noise (grey levels).")
