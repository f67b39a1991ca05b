"""Links that set a page: the drawing, the training form, locked controls; and what a damaged one is answered."""

from collections.abc import Callable
from random import Random

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.config import TrainConfig
from digitlab.ink.link import from_link, to_link
from digitlab.ink.strokes import Drawing
from digitlab.presets import PRESETS
from digitlab.runs.run import Run
from digitlab.ui.components.drawing import DRAWING
from digitlab.ui.train.form import key_of
from tests.pages.driven_page import PAGES, STROKE, MakeModel, OpenPage, cards, draw, find_button, form_of, given

INK = to_link(Drawing(ink=[[[50, 50], [90.5, 200]]], pen_width=24))


@pytest.fixture
def models(make_model: MakeModel) -> None:
    make_model("softmax", 7)
    make_model("cnn", 3)


def drawing_of(app: AppTest, key: str = DRAWING) -> Drawing | None:
    name = f"drawing of {key}"
    return app.session_state[name] if name in app.session_state else None  # noqa: SIM401  AppTest's has no get


def line_of(app: AppTest) -> str:
    """The one notice, without what keeps Markdown from reading it as markup."""
    assert not app.exception
    (line,) = app.warning
    return str(line.value).replace("\\", "")


def test_a_links_drawing_is_on_the_pad_and_answered_and_then_leaves_the_address(
    models: None, open_page: OpenPage
) -> None:
    app = open_page(ink=INK)
    assert given(app, "digitlab.ink_pad")["strokes"] == [[[50, 50], [90.5, 200]]]
    assert given(app, "digitlab.ink_pad")["penWidth"] == 24
    assert "ink" not in app.query_params
    assert not app.warning
    assert set(cards(app.run()).values()) == {"7", "3"}


def test_what_is_drawn_later_stays_also_when_the_browser_goes_back_to_the_link(
    models: None, open_page: OpenPage
) -> None:
    app = draw(open_page(ink=INK))
    app.query_params["ink"] = INK
    app.run()
    assert drawing_of(app) == Drawing(ink=STROKE)


def test_a_link_that_is_followed_again_from_another_page_sets_the_drawing_again(
    models: None, open_page: OpenPage
) -> None:
    app = draw(open_page(ink=INK))
    app.switch_page(f"{PAGES}/about.py").run()
    app.switch_page(f"{PAGES}/draw.py")
    app.query_params["ink"] = INK
    app.run()
    assert drawing_of(app) == from_link(INK)


def test_a_link_to_the_pad_for_numbers_fills_that_one(models: None, open_page: OpenPage) -> None:
    app = open_page(ink=INK, surface="Number")
    assert drawing_of(app, "wide pad") == from_link(INK)
    assert drawing_of(app) is None


def test_a_link_fills_the_training_form_on_any_page(open_page: OpenPage) -> None:
    app = open_page().switch_page(f"{PAGES}/train.py")
    app.query_params["form"] = "too-little-data,epochs:20,data:sklearn,name:a%2Cb"
    app.run()
    wanted = PRESETS["too-little-data"].config.replace(epochs=20, data="sklearn", name="a,b")
    assert form_of(app) == wanted
    assert "form" not in app.query_params
    app.number_input(key=key_of("epochs")).set_value(3).run()
    assert form_of(app).epochs == 3


def test_a_form_without_a_preset_is_in_a_link_too(open_page: OpenPage) -> None:
    app = open_page(form="none,model:softmax,data:sklearn,learning_rate:0.5")
    assert form_of(app) == TrainConfig(model="softmax", data="sklearn", learning_rate=0.5)


def shared(app: AppTest) -> dict[str, str]:
    """What the link holds beyond the address, once it is opened."""
    app.session_state["popover of the link"] = True
    app.run()
    parts = given(app, "digitlab.copy_link")["parts"]
    assert isinstance(parts, dict)
    return parts


def test_the_copied_link_has_the_drawing_only_if_wished_and_opens_it_again(models: None, open_page: OpenPage) -> None:
    app = draw(open_page())
    assert shared(app) == {}
    app.toggle(key="link with the drawing").set_value(True).run()
    parts = shared(app)
    assert drawing_of(open_page(**parts)) == Drawing(ink=STROKE)


def test_the_copied_link_has_the_training_form_once_it_is_another_than_at_first(open_page: OpenPage) -> None:
    app = open_page()
    app.number_input(key=key_of("epochs")).set_value(7).run()
    app.text_input(key=key_of("name")).set_value("a, b: c").run()
    parts = shared(app)
    assert parts["form"].startswith("quick,epochs:7")
    assert form_of(open_page(**parts)) == form_of(app)


def test_a_drawing_that_is_too_long_for_a_link_says_so(models: None, open_page: OpenPage) -> None:
    random = Random(3)
    app = draw(open_page(), [[[random.uniform(0, 280), random.uniform(0, 280)] for _ in range(3000)]])
    shared(app)
    app.toggle(key="link with the drawing").set_value(True).run()
    assert "too long for a link" in line_of(app)
    assert "ink" not in shared(app)


def test_the_link_is_in_the_corner_of_every_page(models: None, open_page: OpenPage) -> None:
    app = open_page()
    for page in ("train", "sweeps", "evaluate", "inside", "compare", "handwriting", "lessons", "about"):
        app.switch_page(f"{PAGES}/{page}.py").run()
        assert shared(app) == {}, page


def test_a_lesson_locks_controls_which_say_so_until_they_are_unlocked(models: None, open_page: OpenPage) -> None:
    app = open_page(lock="models,panels", models="cnn")
    assert app.multiselect(key="models").disabled
    assert app.multiselect(key="models").help.startswith("A lesson has set this")
    assert app.button_group(key="panels").disabled
    assert not app.button_group(key="surface").disabled
    assert "models, panels" in app.caption[0].value
    find_button(app, "Unlock").click().run()
    assert not app.multiselect(key="models").disabled
    assert app.multiselect(key="models").value == ["cnn"]
    assert "lock" not in app.query_params
    assert not [button for button in app.button if button.label == "Unlock"]


def test_a_locked_training_form_can_still_be_started(open_page: OpenPage) -> None:
    app = open_page(lock="form", form="published-softmax,data:sklearn")
    assert app.number_input(key=key_of("epochs")).disabled
    assert app.selectbox(key=key_of("model")).disabled
    assert not find_button(app, "Start").disabled


def test_what_is_locked_is_not_changed_by_a_click_elsewhere_either() -> None:
    def page() -> None:
        import streamlit as st

        from digitlab.ui.app import address

        st.slider("Heat", **address.number("heat", 0.1, 5.0, 1.0), step=0.1)
        st.button("Warm", on_click=address.write, args=("heat", 2.5))

    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["lock"] = "heat"
    app.run()
    assert app.button[0].click().run().slider(key="heat").value == 1.0


def test_all_nonsense_in_a_link_gets_one_notice_and_the_page_opens(models: None, open_page: OpenPage) -> None:
    app = open_page(ink="1nonsense", form="nosuch", models="x,cnn", surface="y", lock="z")
    line = line_of(app)
    for part in ("'1nonsense'", "preset 'nosuch'", "models = x", "surface = y", "lock = z"):
        assert part in line
    assert cards(app)


@pytest.mark.parametrize(
    "text",
    [
        *("x", "quick,epochs", "quick,epochs:x", "quick,nosuch:1", "quick,epochs:-1", "quick,learning_rate:nan"),
        *("quick," * 999, "none,data:", "quick,seed:" + "9" * 5000, "none,optimizer:x", "quick,learning_rate:1e999"),
    ],
)
def test_a_form_that_no_run_can_have_is_refused_as_a_whole(open_page: OpenPage, text: str) -> None:
    app = open_page(form=text)
    line_of(app)
    assert form_of(app) == form_of(open_page())


def test_what_no_widget_shows_can_be_locked_too(make_run: Callable[..., Run], open_page: OpenPage) -> None:
    run = make_run(model="softmax")
    app = open_page(models=run.id, panels="why", lock="evidence-digit", **{"evidence-digit": "8"})
    assert "evidence-digit" in app.caption[0].value.replace("\\", "")
    assert not app.warning
