"""Numbers and labels on Draw, in a real browser."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab.data import PartName
from digitlab.data.pen import pen_drawings
from digitlab.ink.strokes import Ink, draw_ink
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage, at_rest
from tests.synthetic_photos import take_photo


def at(digit: str, left: float) -> Ink:
    """A digit 120 canvas pixels high, from this column on."""
    ink = TRAJECTORIES[digit]
    xs = [x for stroke in ink for x, _ in stroke]
    ys = [y for stroke in ink for _, y in stroke]
    scale = 120 / (max(ys) - min(ys))
    return [[[left + (x - min(xs)) * scale, 80 + (y - min(ys)) * scale] for x, y in stroke] for stroke in ink]


def wait_for_number(draw: DrawingPage, model: str, number: str) -> None:
    draw.number(model).and_(draw.page.locator(f'[data-number="{number}"]')).wait_for()


def test_a_number_is_read_digit_by_digit_and_a_cleared_pad_reads_nothing(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn")
    draw.choose_surface("Number")
    draw.page.locator(".numbers").wait_for()
    draw.ready()
    for number, digit in enumerate("1734"):
        draw.draw(at(digit, 60 + 180 * number))
    wait_for_number(draw, "cnn", "1734")
    assert draw.number("cnn").locator("li img").count() == 4
    draw.press_button("Clear")
    wait_for_number(draw, "cnn", "")


@pytest.mark.long
def test_a_phone_has_room_for_a_number(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    draw.choose_surface("Number")
    draw.page.locator(".numbers").wait_for()
    draw.ready()
    for number, digit in enumerate("73"):
        draw.draw(at(digit, 100 + 300 * number))
    wait_for_number(draw, "cnn", "73")
    assert draw.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.long
def test_a_click_adds_the_drawing_and_ctrl_z_takes_the_label_back(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn")
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    draw.say(5)
    draw.page.get_by_text("Added to My handwriting as 5, written by me").wait_for()
    draw.wait_for_digit("cnn", "")
    assert draw.white_pixels() == 0
    draw.page.keyboard.press("Control+z")
    draw.page.get_by_text("Taken back: the 5").wait_for()
    draw.wait_for_digit("cnn", 3)
    draw.page.keyboard.press("Control+Shift+Z")
    draw.wait_for_digit("cnn", "")
    draw.press_button("Take it back")
    draw.wait_for_digit("cnn", 3)
    draw.say(3)
    draw.page.get_by_text("Added to My handwriting as 3, written by me").wait_for()
    draw.page.get_by_role("link", name="My handwriting").click()
    draw.page.get_by_role("button", name=re.compile("A 3 by me")).first.wait_for()
    assert draw.page.get_by_role("button", name=re.compile("A 5 by me")).count() == 0


@pytest.mark.long
def test_the_digit_keys_label_the_drawing_while_the_pad_has_the_focus(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn")
    draw.draw(TRAJECTORIES["7"])
    draw.wait_for_digit("cnn", 7)
    draw.page.locator(".pad").press("7")
    draw.page.get_by_text("Added to My handwriting as 7, written by me").wait_for()
    draw.wait_for_digit("cnn", "")


def test_an_empty_pad_cannot_be_labelled(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn")
    button = draw.page.get_by_role("button", name="This is a 5", exact=True)
    assert button.get_attribute("aria-disabled") == "true"
    draw.page.locator(".pad").press("5")
    draw.draw(TRAJECTORIES["7"])
    draw.wait_for_digit("cnn", 7)
    assert draw.page.get_by_text("Added to My handwriting as").count() == 0


def test_the_steps_of_the_preparation_follow_the_drawing(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn&panels=steps")
    draw.page.get_by_text("every step of its preparation appears here").wait_for()
    draw.draw(TRAJECTORIES["3"])
    draw.page.locator(".steps h3").nth(4).wait_for()
    draw.wait_for_session()
    draw.page.get_by_role("button", name="Crop", exact=True).click()
    draw.page.get_by_text("this step is left out").wait_for()


@pytest.mark.long
def test_the_digits_of_a_photo_are_boxed_and_read(open_browser: OpenBrowser, pen_folder: Path) -> None:
    unseen = pen_drawings(pen_folder, PartName.TEST, 0.1)
    drawings = [next(drawing for drawing in unseen if drawing.digit == digit) for digit in (2, 0, 3)]
    photo = io.BytesIO()
    take_photo("shadow", drawings, np.random.default_rng(1)).picture.save(photo, "JPEG")
    draw = open_browser("?models=cnn")
    draw.choose_surface("Picture")
    upload = draw.page.locator('input[type="file"]')
    upload.set_input_files({"name": "203.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()})
    wait_for_number(draw, "cnn", "203")
    draw.page.get_by_text("The picture, with 3 digits found").wait_for()


@pytest.mark.long
def test_the_boxes_on_a_photo_can_be_corrected(open_browser: OpenBrowser) -> None:
    paper = 255 - draw_ink([*at("1", 100), *at("7", 300)], 18, (560, 280))
    picture = io.BytesIO()
    Image.fromarray(paper).save(picture, "PNG")
    draw = open_browser("?models=cnn")
    draw.choose_surface("Picture")
    upload = draw.page.locator('input[type="file"]')
    upload.set_input_files({"name": "17.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    wait_for_number(draw, "cnn", "17")
    draw.page.get_by_text("Correct the boxes", exact=True).click()
    canvas = draw.page.locator("canvas.upper-canvas")
    draw.page.get_by_text("Drag over the picture").wait_for()
    box = at_rest(canvas).bounding_box()
    assert box is not None
    scale = box["width"] / 560

    def place(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * scale, box["y"] + y * scale

    draw.page.mouse.move(*place(255, 40))
    draw.page.mouse.down()
    draw.page.mouse.move(*place(400, 150), steps=4)
    draw.page.mouse.move(*place(480, 240), steps=4)
    draw.page.mouse.up()
    wait_for_number(draw, "cnn", "177")  # the 7 is boxed twice now
    draw.page.get_by_role("button", name="Move", exact=True).click()
    draw.page.mouse.click(*place(115, 140))
    draw.page.get_by_role("button", name="Delete", exact=True).click()
    wait_for_number(draw, "cnn", "77")
    draw.page.get_by_text("Correct the boxes", exact=True).click()
    wait_for_number(draw, "cnn", "17")
    draw.page.get_by_text("Correct the boxes", exact=True).click()
    wait_for_number(draw, "cnn", "77")
    draw.page.get_by_role("button", name="Back to the boxes that were found").click()
    wait_for_number(draw, "cnn", "17")
    draw.page.get_by_role("button", name="Back to the boxes that were found").wait_for(state="detached")
