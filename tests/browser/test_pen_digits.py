"""Real pen trajectories of people whom no model has seen, drawn on the real pad."""

from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as NotSeen

from digitlab.data import PartName
from digitlab.data.pen import pen_drawings
from digitlab.ink.strokes import Ink, LabelledDrawing, fit_ink
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import DrawingPage

pytestmark = pytest.mark.long


def test_the_cnn_reads_twenty_drawings_of_unseen_writers(open_browser: OpenBrowser, pen_folder: Path) -> None:
    draw = open_browser("?models=cnn")
    drawings = _two_of_each(pen_folder)
    misread = [drawing for drawing in drawings if not _is_read(draw, fit_ink(drawing.ink, 180), drawing.digit)]
    assert len(drawings) == 20
    assert [f"{drawing.digit} of {drawing.writer}" for drawing in misread] == []


def _two_of_each(folder: Path) -> list[LabelledDrawing]:
    """For each digit the first drawings of the first and of the last collection that test writers' digits are from."""
    unseen = pen_drawings(folder, PartName.TEST, 0.1)
    donors = sorted({drawing.donor for drawing in unseen})
    return [
        next(drawing for drawing in unseen if (drawing.digit, drawing.donor) == (digit, donor))
        for digit in range(10)
        for donor in (donors[0], donors[-1])
    ]


def _is_read(draw: DrawingPage, ink: Ink, digit: int) -> bool:
    draw.draw(ink, steps=1)
    draw.wait_for_any_digit("cnn")
    try:
        draw.card("cnn").and_(draw.page.locator(f'[data-digit="{digit}"]')).wait_for(timeout=5_000)
    except NotSeen:
        return False
    finally:
        draw.press_button("Clear")
        draw.wait_for_digit("cnn", "")
    return True
