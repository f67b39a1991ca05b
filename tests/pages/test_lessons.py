"""The page Lessons: its list, a lesson before and after the answer, the worksheet, the teacher's page."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.ui.lessons import catalogue
from tests.pages.driven_page import PAGES, OpenPage, captions, find_button, form_of, given

NAME = "06-why-your-1-is-a-7"
SEVEN_FIRST = "The plain stroke is a 1 for both."


def lessons_page(open_page: OpenPage, **query: str) -> AppTest:
    app = open_page().switch_page(f"{PAGES}/lessons.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    return "\n".join(one.value for one in app.markdown)


def test_the_list_has_goal_time_and_audience_of_each(open_page: OpenPage) -> None:
    app = lessons_page(open_page)
    lessons, troubles = catalogue.all_lessons()
    assert not troubles
    for lesson in lessons:
        find_button(app, f"**{lesson.number} · {lesson.title}**")
        assert lesson.goal in text(app)
        assert f"{lesson.minutes} minutes · {lesson.audience}" in captions(app)


def test_a_lesson_shows_nothing_of_its_result_before_the_answer(open_page: OpenPage) -> None:
    app = lessons_page(open_page)
    find_button(app, "**6 · Why your 1 is a 7: data, not model**").click().run()
    assert NAME in app.query_params["lesson"]
    assert SEVEN_FIRST not in text(app)
    assert not [one for one in app.get("bidi_component") if one.proto.component_name == "digitlab.live_page"]
    app.radio(key=f"answer to {NAME}").set_value("Both say 1").run()
    assert SEVEN_FIRST in text(app)
    figure = given(app, "digitlab.live_page")
    assert figure["page"] == ""
    assert figure["query"]["models"] == "cnn-mnist,cnn"  # type: ignore[index]
    find_button(app, "Next: Softmax against CNN on a shifted digit").click().run()
    assert SEVEN_FIRST not in text(app)


def test_a_step_leads_to_its_page_with_everything_set(open_page: OpenPage) -> None:
    app = lessons_page(open_page, lesson="03-learning-rate")
    link = next(one.proto for one in app.get("page_link") if "too high" in one.proto.label)
    assert link.page == "train"
    app.switch_page(f"{PAGES}/train.py")
    for name, value in parse_qsl(link.query_string):
        app.query_params[name] = value
    app.run()
    form = form_of(app)
    assert (form.model, form.data, form.learning_rate, form.name) == ("softmax", "sklearn", 100.0, "too high")


def test_the_worksheet_asks_and_does_not_tell(open_page: OpenPage) -> None:
    app = lessons_page(open_page, lesson=NAME, print="worksheet")
    assert "☐ Both say 7" in text(app)
    assert SEVEN_FIRST not in text(app)
    assert "Candidates: 0 with a slash" not in text(app)
    find_button(app, "Back to the lesson").click().run()
    assert app.radio


def test_the_teachers_page_has_the_answers(open_page: OpenPage) -> None:
    app = lessons_page(open_page, lesson=NAME, print="teacher")
    assert "☑ **The one that saw MNIST alone says 7, the other 1**" in text(app)
    assert "Candidates: 0 with a slash" in text(app)


def test_a_teachers_wrong_file_is_named_and_the_rest_works(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in catalogue.TEXTS.glob("0[12]*.md"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "11-mine.md").write_text("---\ntitle: x\n---\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "TEXTS", tmp_path)
    app = lessons_page(open_page)
    (error,) = app.error
    assert "11" in error.value
    assert "the field goal is missing" in error.value
    assert "A digit is 784 numbers" in "".join(button.label for button in app.button)


def test_a_lesson_that_does_not_exist_shows_the_list_and_one_line(open_page: OpenPage) -> None:
    app = lessons_page(open_page, lesson="99-nosuch")
    assert len(app.warning) == 1
    assert "A digit is 784 numbers" in "".join(button.label for button in app.button)
