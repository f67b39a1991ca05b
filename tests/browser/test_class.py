"""A class server with a pupil and the teacher, each in a browser of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from digitlab.data.handwriting_file import my_drawings
from digitlab.ui.shared.collection_note import NOTE
from tests.browser.drawing_page import TRAJECTORIES, DrawingPage
from tests.browser.served import ROOT, served

pytestmark = pytest.mark.long


CODE, TEACHER_CODE = "class-code", "teacher-code"
Join = Callable[[str, str], Page]


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def join(browser: Browser, class_folder: Path) -> Iterator[Join]:
    """Joins in a browser of its own and gives the page that was wanted: join(CODE, "/about")."""
    codes = {"DIGITLAB_SHARED": "class", "DIGITLAB_CODE": CODE, "DIGITLAB_TEACHER_CODE": TEACHER_CODE}
    contexts = []

    with served(ROOT / "app.py", class_folder, "/api/health", **codes) as address:

        def open_as(code: str, path: str) -> Page:
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(150_000)
            page.goto(address + path)
            page.get_by_label("Code").fill(code)
            page.get_by_role("button", name="Join").click()
            page.wait_for_url("**" + path)
            return page

        yield open_as
        for context in contexts:
            context.close()


def test_a_pupil_draws_into_the_collection_that_the_teacher_opens_and_leaves(join: Join, class_folder: Path) -> None:
    teacher = join(TEACHER_CODE, "/about")
    teacher.get_by_text(CODE, exact=True).wait_for()
    teacher.get_by_alt_text("QR code of the link").wait_for()
    expect(teacher.get_by_text(TEACHER_CODE)).to_have_count(0)

    pupil = join(CODE, "/")
    draw = DrawingPage(pupil, "").ready()
    draw.draw(TRAJECTORIES["3"])
    draw.wait_for_digit("cnn", 3)
    draw.say(3)
    pupil.get_by_text("Added to My handwriting as 3").first.wait_for()
    expect(pupil.get_by_text(NOTE)).to_have_count(0)

    teacher.get_by_text("Collect what pupils label", exact=True).click()
    expect(teacher.get_by_role("switch", name="Collect what pupils label")).to_be_checked()
    draw.draw(TRAJECTORIES["7"])
    draw.wait_for_digit("cnn", 7)
    pupil.get_by_text(NOTE).wait_for()
    draw.say(7)
    pupil.get_by_text("Added to My handwriting as 7").first.wait_for()
    expect(pupil.get_by_text(NOTE)).to_be_visible()
    data = class_folder / "data"
    (own,) = [folder for folder in (data / "mine").iterdir() if len(folder.name) == 32]
    assert [one.digit for one in my_drawings(own)] == [3, 7]
    assert [one.digit for one in my_drawings(data)] == [7]

    pupil.get_by_role("link", name="About", exact=True).click()
    pupil.get_by_role("link", name="Leave").click()
    pupil.get_by_role("button", name="Leave").click()
    pupil.get_by_label("Code").wait_for()
    pupil.go_back()
    pupil.reload()
    pupil.get_by_label("Code").wait_for()
