"""The confusion matrix as elements with names: what each cell says, and that its number can be read."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from digitlab.metrics.confusion import MODES
from digitlab.ui.components.matrix import describe_cell, matrix_svg

PAGES = (("#ffffff", "#1c2030"), ("#12141c", "#eceef5"))
"""Page and text in light and dark."""


@pytest.fixture
def counts() -> np.ndarray:
    counts = np.diag(np.arange(900, 1000, 10))
    counts[4, 9], counts[9, 4] = 12, 1
    return counts


def cells(svg: str) -> dict[str, ElementTree.Element]:
    return {
        cell.attrib["data-cell"]: cell for cell in ElementTree.fromstring(svg).iter("g") if "data-cell" in cell.attrib
    }


@pytest.mark.parametrize("mode", MODES)
def test_every_cell_has_a_name_with_its_digits_and_its_number(counts: np.ndarray, mode: str) -> None:
    found = cells(matrix_svg(counts, mode, *PAGES[0]))
    assert len(found) == 100
    names = {key: cell.attrib["aria-label"] for key, cell in found.items()}
    assert names["4-9"].startswith("true 4, read as 9: 12 images, ")
    assert names["9-4"].startswith("true 9, read as 4: 1 image, ")
    assert names["3-3"].startswith("true 3, read right: 930 images, ")


def test_a_cell_says_its_share_of_the_true_digit() -> None:
    assert describe_cell(12, 0.0122, (4, 9)) == "true 4, read as 9: 12 images, 1.22\u202f% of all 4s"


def test_errors_alone_leave_the_numbers_of_right_answers_out(counts: np.ndarray) -> None:
    found = cells(matrix_svg(counts, "errors", *PAGES[0]))
    written = {key: cell.findtext("text") for key, cell in found.items() if cell.findtext("text")}
    assert written == {"4-9": "12", "9-4": "1"}


@pytest.mark.parametrize(("page", "text"), PAGES)
def test_every_number_stands_out_from_its_cell(counts: np.ndarray, page: str, text: str) -> None:
    for mode in MODES:
        for cell in cells(matrix_svg(counts, mode, page, text)).values():
            rect, number = cell.find("rect"), cell.find("text")
            assert rect is not None and number is not None
            assert _contrast(rect.attrib["fill"], number.attrib["fill"]) >= 4  # of 21; the largest is 4.1 on the accent


def test_what_is_saved_has_all_its_colours_in_it(counts: np.ndarray) -> None:
    svg = matrix_svg(counts, "counts", *PAGES[1])
    assert "var(" not in svg
    assert set(re.findall(r'fill="([^"]*)"', svg)) >= {"#eceef5"}


def _contrast(one: str, other: str) -> float:
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
