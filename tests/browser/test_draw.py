"""Draw, in a real browser: what the hand does reaches the models, and what they say reaches the eye."""

import io

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Route, WebSocket, expect

from digitlab.ink.strokes import draw_ink
from tests.browser.conftest import OpenBrowser
from tests.browser.drawing_page import TRAJECTORIES, at_rest

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.mark.parametrize("digit", ["1", *(pytest.param(digit, marks=pytest.mark.long) for digit in "347")])
def test_a_drawn_digit_is_read_by_the_cnn(open_browser: OpenBrowser, digit: str) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES[digit])
    draw.wait_for_digit("cnn", digit)
    assert draw.card("softmax").is_visible()


def test_an_empty_pad_invites_and_predicts_nothing(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    assert draw.page.locator(".invitation").is_visible()
    draw.wait_for_digit("cnn", "")
    draw.draw(TRAJECTORIES["3"])
    assert draw.page.locator(".invitation").is_hidden()


def test_models_answer_while_the_pen_is_down(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw_and_stay(TRAJECTORIES["1"][0])
    draw.wait_for_any_digit("cnn")
    draw.page.mouse.up()


def test_clear_empties_the_pad_and_the_next_digit_is_read(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    draw.press_button("Clear")
    draw.wait_for_digit("cnn", "")
    assert draw.white_pixels() == 0
    draw.draw(TRAJECTORIES["7"])
    draw.wait_for_digit("cnn", 7)


def test_undo_takes_a_stroke_back_and_redo_returns_it(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["4"])
    draw.wait_for_digit("cnn", 4)
    full = draw.white_pixels()
    draw.press_button("Undo")
    draw.page.get_by_label("The drawing, 1 stroke", exact=True).wait_for()
    assert 0 < draw.white_pixels() < full
    draw.press_button("Redo")
    draw.page.get_by_label("The drawing, 2 strokes", exact=True).wait_for()
    draw.wait_for_digit("cnn", 4)
    assert draw.white_pixels() == full


@pytest.mark.long
def test_undo_brings_a_cleared_drawing_back(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["3"])
    draw.press_button("Clear")
    draw.wait_for_digit("cnn", "")
    draw.press_button("Undo")
    draw.wait_for_digit("cnn", 3)


@pytest.mark.long
def test_the_pen_width_changes_the_drawing(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    thin = draw.white_pixels()
    seen = draw.page.locator(".seen img").get_attribute("src")
    draw.page.get_by_label("Pen width").fill("30")
    draw.page.locator(f'.seen img:not([src="{seen}"])').wait_for()
    assert draw.white_pixels() > thin


def test_a_finger_draws_and_a_second_finger_is_ignored(open_browser: OpenBrowser) -> None:
    draw = open_browser(**PHONE)
    touch = draw.page.context.new_cdp_session(draw.page)

    def send(kind: str, *points: list[float]) -> None:
        spots = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(draw.to_screen(list(points)))]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    stroke = TRAJECTORIES["3"][0]
    send("touchStart", stroke[0])
    send("touchStart", stroke[0], [20, 260])
    for point in stroke[1:]:
        send("touchMove", point, [30, 250])
    send("touchEnd")
    draw.wait_for_digit("cnn", 3)
    assert draw.canvas.get_attribute("aria-label") == "The drawing, 1 stroke"


@pytest.mark.long
def test_the_right_button_draws_nothing(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    start, end = draw.to_screen([[60, 60], [200, 200]])
    draw.page.mouse.move(*start)
    draw.page.mouse.down(button="right")
    draw.page.mouse.move(*end, steps=5)
    draw.page.mouse.up(button="right")
    assert draw.white_pixels() == 0


def test_keys_draw_take_back_and_clear(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    keyboard = draw.page.keyboard
    draw.page.get_by_role("application", name="Drawing pad").focus()
    for _ in range(10):
        keyboard.press("ArrowUp")
    keyboard.press("Space")
    for _ in range(20):
        keyboard.press("ArrowDown")
    keyboard.press("Space")
    draw.wait_for_digit("cnn", 1)
    keyboard.press("Control+z")
    draw.wait_for_digit("cnn", "")
    keyboard.press("Control+Shift+Z")
    draw.wait_for_digit("cnn", 1)
    keyboard.press("Escape")
    draw.wait_for_digit("cnn", "")


@pytest.mark.long
def test_the_drawing_survives_leaving_the_pad_and_coming_back(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    ink = draw.white_pixels()
    draw.choose_surface("Picture")
    draw.wait_for_digit("cnn", "")
    draw.choose_surface("Pad")
    draw.wait_for_digit("cnn", 3)
    assert draw.white_pixels() == ink


@pytest.mark.long
def test_the_drawing_survives_a_change_of_page(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["4"])
    draw.wait_for_digit("cnn", 4)
    ink = draw.white_pixels()
    draw.page.get_by_role("link", name="Train").click()
    draw.canvas.wait_for(state="detached")
    draw.page.get_by_role("link", name="Draw").click()
    draw.wait_for_digit("cnn", 4)
    assert draw.white_pixels() == ink
    assert draw.canvas.get_attribute("aria-label") == "The drawing, 2 strokes"


@pytest.mark.long
def test_the_canvas_with_tools_starts_with_the_drawing_and_adds_to_it(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    sockets: list[WebSocket] = []
    draw.page.on("websocket", lambda socket: sockets.append(socket))
    draw.page.reload()
    draw.ready()
    draw.draw(TRAJECTORIES["4"][:1])
    draw.wait_for_any_digit("cnn")
    draw.choose_surface("Canvas with tools")
    canvas = draw.page.locator(".dc-container canvas").last
    box = at_rest(canvas).bounding_box()
    assert box is not None
    before = draw.page.locator(".seen img").get_attribute("src")
    stroke = TRAJECTORIES["4"][1]
    draw.page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
    draw.page.mouse.down()
    for x, y in stroke[1:]:
        draw.page.mouse.move(box["x"] + x, box["y"] + y, steps=2)
    session = next(socket for socket in sockets if socket.url.endswith("/_stcore/stream"))
    with session.expect_event("framesent"):  # the answer comes sooner, over the live channel
        draw.page.mouse.up()
    draw.page.locator(f'.seen img:not([src="{before}"])').wait_for()
    draw.wait_for_digit("cnn", 4)
    draw.choose_surface("Pad")
    draw.page.get_by_label("The drawing, 2 strokes").wait_for()


def test_a_reload_keeps_the_drawing_and_a_cleared_pad_stays_clear(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn")
    draw.draw(TRAJECTORIES["4"])
    draw.wait_for_digit("cnn", 4)
    ink = draw.white_pixels()
    draw.page.reload()
    draw.wait_for_digit("cnn", 4)
    assert draw.white_pixels() == ink
    draw.press_button("Clear")
    draw.wait_for_digit("cnn", "")
    draw.page.reload()
    draw.page.get_by_label("The drawing, empty").wait_for()
    draw.wait_for_digit("cnn", "")


@pytest.mark.long
def test_what_is_drawn_with_tools_can_be_labelled_taken_back_and_labelled_again(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn")
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    draw.wait_for_session()
    draw.choose_surface("Canvas with tools")
    labels = draw.page.get_by_test_id("stButtonGroup").filter(has_text="This is a")
    labels.get_by_text("5", exact=True).click()
    draw.page.get_by_text("Added to My handwriting as 5").wait_for()
    draw.wait_for_digit("cnn", "")
    draw.press_button("Take it back")
    draw.page.get_by_text("Taken back: the 5").wait_for()
    draw.wait_for_digit("cnn", 3)
    labels.get_by_text("3", exact=True).click()
    draw.page.get_by_text("Added to My handwriting as 3").wait_for()
    draw.wait_for_digit("cnn", "")
    draw.page.reload()
    draw.page.locator(".dc-container canvas").last.wait_for()  # the surface is in the address
    draw.choose_surface("Pad")
    draw.page.get_by_label("The drawing, empty").wait_for()
    draw.wait_for_digit("cnn", "")


def test_the_tools_of_the_canvas_are_seen_named_and_beside_it(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn", **PHONE)
    draw.choose_surface("Canvas with tools")
    canvas = draw.page.locator(".dc-container canvas").last
    canvas.wait_for()
    below = canvas.bounding_box()
    assert below
    for name in ("Undo", "Redo", "Move", "Delete", "Clear"):
        button = draw.page.get_by_role("button", name=name, exact=True)
        assert button.inner_text() == name
        assert button.evaluate("button => getComputedStyle(button.closest('.dc-toolbar')).opacity") == "1"
        box = button.bounding_box()
        assert box
        assert box["y"] >= below["y"] + below["height"]
        assert box["x"] + box["width"] <= 390
        assert box["height"] >= 44


@pytest.mark.long
def test_on_a_phone_the_next_digit_is_drawn_while_the_toast_of_the_last_is_there(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn", **PHONE)
    draw.draw(TRAJECTORIES["3"])
    draw.say(3)
    draw.page.get_by_text("Added to My handwriting as 3").first.wait_for()
    draw.draw(TRAJECTORIES["4"])
    draw.wait_for_digit("cnn", 4)


def test_a_link_reopens_the_same_models_and_a_reload_keeps_them(open_browser: OpenBrowser) -> None:
    draw = open_browser("?models=cnn")
    draw.card("cnn").wait_for()
    assert draw.card("softmax").count() == 0
    draw.page.reload()
    draw.card("cnn").wait_for()
    assert draw.card("softmax").count() == 0


def test_a_phone_shows_the_page_without_scrolling_sideways(open_browser: OpenBrowser) -> None:
    draw = open_browser(**{**PHONE, "viewport": {"width": 320, "height": 640}})
    assert draw.page.evaluate("document.documentElement.scrollWidth") == 320
    for name in ("Undo", "Redo", "Clear"):
        box = draw.page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] + box["width"] <= 320


def test_on_a_phone_the_pad_stands_at_the_top_although_other_parts_of_the_page_are_still_loading(
    open_browser: OpenBrowser,
) -> None:
    draw = open_browser("?models=cnn", **PHONE)
    held: list[Route] = []
    draw.page.route("**/Html.*.js", lambda route: held.append(route))  # with it comes what `st.html` shows
    draw.page.reload()
    box = draw.ready().canvas.bounding_box()
    for route in held:
        route.continue_()
    assert box is not None
    assert box["y"] < 100


@pytest.mark.long
def test_a_resized_window_keeps_the_drawing(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    draw.page.set_viewport_size({"width": 390, "height": 844})
    draw.page.wait_for_function("() => innerWidth === 390")
    draw.wait_for_digit("cnn", 3)
    assert draw.white_pixels() > 0


@pytest.mark.long
def test_the_pad_is_black_and_the_page_follows_the_theme(open_browser: OpenBrowser) -> None:
    colours = {}
    for theme in ("light", "dark"):
        draw = open_browser(color_scheme=theme)
        colours[theme] = draw.page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor")
        assert draw.canvas.evaluate("c => [...c.getContext('2d').getImageData(9, 9, 1, 1).data]") == [0, 0, 0, 255]
    assert colours == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 20, 28)"}


def test_an_uploaded_picture_is_read_and_a_bad_one_gets_one_line(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.choose_surface("Picture")
    upload = draw.page.locator('input[type="file"]')
    upload.set_input_files({"name": "three.png", "mimeType": "image/png", "buffer": _picture("3")})
    draw.wait_for_digit("cnn", 3)
    upload.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": b"no picture"})
    line = draw.page.get_by_role("alert")
    line.wait_for()
    assert "bad.png is not a picture" in line.inner_text()
    assert "Traceback" not in draw.page.inner_text("body")
    draw.wait_for_digit("cnn", "")


def _picture(digit: str) -> bytes:
    """A digit as dark ink on white paper, as a PNG file."""
    data = io.BytesIO()
    ImageOps.invert(Image.fromarray(draw_ink(TRAJECTORIES[digit]))).save(data, "PNG")
    return data.getvalue()


def test_a_dot_is_seen_on_the_pad_and_said_to_be_no_digit(open_browser: OpenBrowser) -> None:
    draw = open_browser()
    draw.canvas.click()
    expect(draw.page.locator(".verdict")).to_have_text("A single dot is not a digit. Draw one.", timeout=30_000)
    assert draw.white_pixels() > 100
