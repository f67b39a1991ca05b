"""A renamed run has its new name wherever it can be chosen or read about."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.runs.label import rename_run
from digitlab.runs.run import Run
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, cards, draw
from tests.pages.handwriting_page import data_of

NAME = "Gentle giant"


@pytest.fixture
def renamed(make_run: Callable[..., Run], make_model: MakeModel) -> Run:
    make_model("softmax", 7)
    run = make_run(name="before")
    rename_run(run, NAME)
    return run


def opened(open_page: OpenPage, name: str, **query: str) -> AppTest:
    app = open_page().switch_page(f"{PAGES}/{name}.py")
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def test_the_cards_and_chips_of_draw_have_it(renamed: Run, open_page: OpenPage) -> None:
    app = draw(open_page(models=renamed.id))
    assert list(cards(app)) == [NAME]
    assert app.multiselect(key="models").options == ["softmax", NAME]


@pytest.mark.parametrize("name", ["evaluate", "inside"])
def test_the_picker_of_one_model_has_it(renamed: Run, open_page: OpenPage, name: str) -> None:
    app = opened(open_page, name, model=renamed.id, data="sklearn")
    assert app.selectbox(key="model").options == ["softmax", f"{NAME} (softmax)"]
    assert app.selectbox(key="model").value == renamed.id


def test_the_picker_and_the_table_of_compare_have_it(renamed: Run, open_page: OpenPage) -> None:
    app = opened(open_page, "compare", compared=f"softmax,{renamed.id}", data="sklearn")
    assert app.multiselect(key="compared").options == ["softmax", NAME]
    shown = str(data_of(app, "digitlab.comparison")["html"])
    assert f"</i>{NAME}</th>" in shown
    assert "before" not in shown


def test_the_report_has_it(renamed: Run, open_page: OpenPage, downloads: dict[str, Callable[[], str]]) -> None:
    opened(open_page, "evaluate", model=renamed.id, data="sklearn")
    report = downloads["Report"]()
    assert f"<h1>{NAME}</h1>" in report
    assert f"<title>{NAME} on " in report


def test_the_form_offers_to_start_from_it(renamed: Run, open_page: OpenPage) -> None:
    app = open_page()
    app.selectbox(key="training form: model").set_value("softmax").run()
    assert app.selectbox(key="training form: start_from").options[1:] == ["softmax", NAME]


def test_it_is_in_no_file_but_the_label(renamed: Run) -> None:
    holders = [path.name for path in Path(renamed.folder).rglob("*.json") if NAME in path.read_text()]
    assert holders == ["label.json"]
    assert renamed.config.name == "before"
