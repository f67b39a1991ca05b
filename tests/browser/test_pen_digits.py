"""Real pen trajectories of people whom no model has seen, drawn on the real pad."""

from pathlib import Path

from playwright.sync_api import TimeoutError as NotSeen

from digitlab.data.ink_file import read_ink_file
from digitlab.data.parts import PartName
from digitlab.data.pen import part_of, pen_file
from digitlab.ink import Ink, fit_ink
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import DrawingPage


def test_the_cnn_reads_real_pen_strokes_of_unseen_writers(open_browser: OpenBrowser, pen_folder: Path) -> None:
    draw = open_browser("?models=cnn")
    read = {digit: _is_read(draw, ink, digit) for digit, ink in _one_of_each(pen_folder).items()}
    assert sum(read.values()) >= 9, read


def _one_of_each(folder: Path) -> dict[int, Ink]:
    """The first drawing of each digit by a test writer, as large as people draw."""
    path = pen_file(folder)
    assert path is not None
    unseen = [drawing for drawing in read_ink_file(path) if part_of(drawing.writer, 0.1) is PartName.TEST]
    return {d: fit_ink(next(drawing.ink for drawing in unseen if drawing.digit == d), 180) for d in range(10)}


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
