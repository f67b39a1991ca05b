"""Choices in the address: from there to widgets and back, over a change of page, and what is not there."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from digitlab.ui import address

    chosen = {
        "model": st.selectbox("Model", ["a", "b"], **address.choice("model", ["a", "b"])),
        "models": st.multiselect("Models", ["a", "b", "c"], **address.several("models", ["a", "b", "c"], ["a"])),
        "heat": st.slider("Heat", step=0.1, **address.number("heat", 0.1, 5.0, 1.0)),
        "sample": st.number_input("Sample", step=1, **address.number("sample", 0, 99, 0)),
        "zoom": st.toggle("Zoom", **address.switch("zoom")),
        "digit": st.pills("Digit", range(10), **address.choice("digit", range(10), optional=True)),
        "cell": address.read("cell", ["4-9"]),
    }
    st.button("Choose", on_click=address.write, args=("cell", "4-9"))
    st.button("Close", on_click=address.write, args=("cell", None))
    st.button("Warm", on_click=address.write, args=("heat", 2.5))
    st.json(chosen)


DEFAULTS = {"model": "a", "models": ["a"], "heat": 1.0, "sample": 0, "zoom": False, "digit": None, "cell": None}


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def chosen(app: AppTest) -> dict[str, object]:
    import json

    assert not app.exception
    value: dict[str, object] = json.loads(app.json[0].value)
    return value


def test_without_a_word_in_the_address_everything_is_at_its_default() -> None:
    app = opened()
    assert chosen(app) == DEFAULTS
    assert not app.query_params


def test_the_address_chooses_everything() -> None:
    app = opened(model="b", models="c,a", heat="2.5", sample="7", zoom="True", digit="4", cell="4-9")
    assert chosen(app) == {
        "model": "b",
        "models": ["c", "a"],
        "heat": 2.5,
        "sample": 7,
        "zoom": True,
        "digit": 4,
        "cell": "4-9",
    }
    assert not app.warning


def test_what_is_chosen_goes_into_the_address_and_opens_the_same_view() -> None:
    app = opened()
    app.selectbox(key="model").set_value("b").run()
    app.multiselect(key="models").set_value(["c", "a"]).run()
    app.slider(key="heat").set_value(2.5).run()
    app.number_input(key="sample").set_value(7).run()
    app.toggle(key="zoom").set_value(True).run()
    app.button_group(key="digit").set_value(4).run()
    app.button[0].click().run()
    query = {name: str(app.query_params[name]) for name in app.query_params}
    assert query["models"] == "c,a"
    assert chosen(opened(**query)) == chosen(app)


def test_a_choice_that_goes_back_to_its_default_leaves_the_address() -> None:
    app = opened(model="b", cell="4-9")
    app.selectbox(key="model").set_value("a").run()
    app.button[1].click().run()
    assert not app.query_params
    assert chosen(app) == DEFAULTS


def test_no_choice_at_all_is_kept_too() -> None:
    app = opened()
    app.multiselect(key="models").set_value([]).run()
    assert app.query_params["models"] == ""
    assert chosen(opened(models=""))["models"] == []


def test_a_widget_can_be_set_from_elsewhere() -> None:
    app = opened()
    app.button[2].click().run()
    assert app.slider(key="heat").value == 2.5


def test_a_changed_address_wins_and_an_emptied_one_goes_back() -> None:
    app = opened(model="b")
    app.query_params["model"] = "a"
    assert chosen(app.run())["model"] == "a"
    app.query_params["model"] = "b"
    app.run()
    del app.query_params["model"]
    assert chosen(app.run())["model"] == "a"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("model", "nosuch"),
        ("models", "x"),
        ("heat", "99"),
        ("heat", "nan"),
        ("heat", "warm"),
        ("sample", "1.5"),
        ("zoom", "yes"),
        ("digit", "12"),
        ("cell", "![x](http://example.org)"),
        ("model", "x" * 10_000),
    ],
)
def test_what_is_not_there_gets_one_line_and_the_default(key: str, text: str) -> None:
    app = opened(**{key: text})
    (line,) = app.warning
    assert key in line.value
    assert "![x]" not in line.value
    assert len(line.value) < 300
    assert chosen(app) == DEFAULTS


def test_of_several_names_the_ones_that_are_there_count() -> None:
    app = opened(models="c,x")
    assert chosen(app)["models"] == ["c"]
    assert len(app.warning) == 1
