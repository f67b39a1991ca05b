import pytest

from digitlab.figures.evidence import evidence_figure


def test_a_digits_mark_is_the_sum_of_its_parts() -> None:
    support, opposition, blank = [float(i) for i in range(10)], [-1.0] * 10, [0.5] * 10
    against, for_it, logits = evidence_figure(support, opposition, blank).data
    assert list(for_it.x) == support
    assert list(against.x) == opposition
    assert list(logits.x) == pytest.approx([i - 0.5 for i in range(10)])


def test_both_axes_have_names() -> None:
    figure = evidence_figure([0.0] * 10, [0.0] * 10, [0.0] * 10)
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text == "digit"
