import pytest

from digitlab.cli.formats import accuracy_line, percent, print_json
from digitlab.evaluation import Summary


def test_an_accuracy_has_two_decimals() -> None:
    assert percent(0.92647) == "92.65 %"
    assert percent(1) == "100.00 %"


def test_the_accuracy_line_tells_interval_and_mistakes() -> None:
    summary = Summary(12_000, 1_500, 0.875, (0.87, 0.88), 0.4, {})
    assert accuracy_line("cnn", summary) == "cnn: 87.50 % (95 % interval 87.00 to 88.00), 1,500 of 12,000 wrong"


def test_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": [1, 2], "text": "two\nlines"})
    assert capsys.readouterr().out == '{"a": [1, 2], "text": "two\\nlines"}\n'
