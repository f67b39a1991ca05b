import pytest

from digitlab.cli.output import accuracy_line, percent, plain, print_json, print_trouble
from digitlab.metrics.summary import Summary


def test_an_accuracy_has_two_decimals() -> None:
    assert percent(0.92647) == "92.65 %"
    assert percent(1) == "100.00 %"
    assert percent(0.92647, 1) == "92.6 %"


def test_spaces_are_plain_ones() -> None:
    assert plain("92.65\u202f% of\u202f5") == "92.65 % of 5"


def test_the_accuracy_line_gives_interval_and_mistakes() -> None:
    summary = Summary(12_000, 1_500, 0.875, (0.87, 0.88), 0.4, {})
    assert accuracy_line("cnn", summary) == "cnn: 87.50 % (95 % interval 87.00 to 88.00 %), 1,500 of 12,000 wrong"


def test_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": [1, 2], "text": "two\nlines"})
    assert capsys.readouterr().out == '{"a": [1, 2], "text": "two\\nlines"}\n'


def test_trouble_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    print_trouble("one\n two\t three ")
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "Error: one two three\n")
