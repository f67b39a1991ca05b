import pytest

from digitlab.figures.numbers import count, milliseconds, percent


@pytest.mark.parametrize(
    ("share", "decimals", "text"), [(0.98765, 1, "98.8 %"), (0.9264, 2, "92.64 %"), (1, 1, "100.0 %"), (0, 1, "0.0 %")]
)
def test_shares_become_percentages(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals).replace("\u202f", " ") == text


def test_numbers_never_break_from_their_unit() -> None:
    assert "\u202f" in percent(0.5)
    assert "\u202f" in milliseconds(3.14159)
    assert milliseconds(3.14159).startswith("3.1")


def test_counts_have_separators() -> None:
    assert [count(number) for number in (0, 999, 7850, 1_234_567)] == ["0", "999", "7,850", "1,234,567"]
