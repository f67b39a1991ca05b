"""Choices in the address: from there to widgets and back, over a change of page, and what is not there."""

from collections.abc import Callable

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from digitlab.ui.app.address import _RERUN, page_file


def page() -> None:
    import streamlit as st

    from digitlab.ui.app import address

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


def plain_lines(app: AppTest) -> list[str]:
    """The warnings without what keeps Markdown from reading them as markup."""
    return [line.value.replace("\\", "") for line in app.warning]


@pytest.mark.parametrize(
    ("asked", "unknown", "left"),
    [("x", "x", ["a"]), ("c,x", "x", ["c"]), ("x,b,y,a", "x,y", ["b", "a"]), ("b,,b", None, ["b"])],
)
def test_unknown_names_among_several_get_one_line_and_the_rest_counts(
    asked: str, unknown: str | None, left: list[str]
) -> None:
    app = opened(models=asked)
    line = f"The address asks for models = {unknown}, which is not here. Choose from what the page offers."
    assert plain_lines(app) == ([line] if unknown else [])
    assert chosen(app)["models"] == left


def test_an_unknown_name_is_complained_of_until_something_is_chosen() -> None:
    app = opened(models="c,x")
    assert len(app.run().warning) == 1
    app.multiselect(key="models").set_value(["c", "b"]).run()
    assert not app.warning
    assert app.query_params["models"] == "c,b"


def page_with_layers() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    with_numbers = st.checkbox("Numbers", key="numbers")
    layers = [1, 2] if with_numbers else ["ReLU", "pool"]
    st.caption(f"asked: {address.asked('layer')}")
    address.forget_unless("layer", layers)
    st.caption(f"read: {address.read('layer', layers)}")


def captions(app: AppTest) -> list[str]:
    assert not app.exception
    assert not app.warning
    return [caption.value for caption in app.caption]


def layers_page(layer: str | None) -> AppTest:
    app = AppTest.from_function(page_with_layers, default_timeout=60)
    if layer is not None:
        app.query_params["layer"] = layer
    return app.run()


def test_what_is_known_stays_in_the_address() -> None:
    app = layers_page("pool")
    assert captions(app) == ["asked: pool", "read: pool"]
    assert app.query_params["layer"] == "pool"


def test_what_was_looked_at_before_is_forgotten_without_a_word() -> None:
    app = layers_page("ReLU 5")
    assert captions(app) == ["asked: ReLU 5", "read: None"]
    assert "layer" not in app.query_params


def test_what_is_known_is_compared_as_the_address_has_it() -> None:
    app = layers_page("2")
    assert "layer" not in app.query_params
    app.query_params["layer"] = "2"
    app.checkbox(key="numbers").check().run()
    assert captions(app) == ["asked: 2", "read: 2"]
    assert app.query_params["layer"] == "2"


def test_an_address_without_the_name_asks_for_nothing() -> None:
    assert captions(layers_page(None)) == ["asked: None", "read: None"]


@pytest.mark.parametrize("name", ["draw", "train", "sweeps", "evaluate", "inside", "compare", "handwriting", "lessons"])
def test_every_page_has_a_file(name: str) -> None:
    assert page_file(name).is_file()
    assert page_file(name).is_absolute()


def page_with_a_moving_default() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    default = st.number_input("Default", 0, 9, 3, key="default")
    st.slider("Level", **address.number("level", 0, 9, int(default)))


def test_a_number_follows_its_default_until_one_is_chosen() -> None:
    app = AppTest.from_function(page_with_a_moving_default, default_timeout=60).run()
    assert app.slider(key="level").value == 3
    app.number_input(key="default").set_value(5).run()
    assert app.slider(key="level").value == 5
    app.slider(key="level").set_value(8).run()
    app.number_input(key="default").set_value(2).run()
    assert app.slider(key="level").value == 8
    assert app.query_params["level"] == "8"


def page_with_a_moving_switch() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    is_good = st.checkbox("Good", key="good")
    st.toggle("Zoom", **address.switch("zoom", is_good))


def test_a_switch_follows_its_default_until_it_is_turned() -> None:
    app = AppTest.from_function(page_with_a_moving_switch, default_timeout=60).run()
    assert app.toggle(key="zoom").value is False
    app.checkbox(key="good").check().run()
    assert app.toggle(key="zoom").value is True
    app.toggle(key="zoom").set_value(False).run()
    assert app.query_params["zoom"] == "False"
    app.checkbox(key="good").uncheck().run()
    assert app.toggle(key="zoom").value is False


def pill_page() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    zoom = st.pills("Zoom", ["a", "b", "c"], **address.choice("zoom", ["a", "b", "c"]))
    st.button("Write", on_click=address.write, args=("zoom", "b"))
    st.json({"zoom": zoom})


def test_a_fragments_run_with_the_address_of_before_a_choice_does_not_undo_the_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = AppTest.from_function(pill_page, default_timeout=60).run()
    app.button_group(key="zoom").set_value("c").run()
    del app.query_params["zoom"]  # what a pad sends before the browser has heard of the choice
    monkeypatch.setattr("digitlab.ui.app.address._runs_a_fragment", lambda: True)
    app.run()
    assert chosen(app) == {"zoom": "c"}
    assert app.query_params["zoom"] == "c"
    app.button[0].click().run()
    assert chosen(app) == {"zoom": "b"}


def clicked_page() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    address.begin()
    st.button("Write", on_click=address.write, args=("cell", "b"))
    st.button("Close", on_click=address.write, args=("cell", None))
    if st.checkbox("Forget"):
        address.forget_unless("cell", ["a"])
    if st.checkbox("Look", value=True):
        st.json({"cell": address.read("cell", ["a", "b"]), "text": address.asked("cell")})


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Callable[[AppTest, str | None], AppTest]:
    """Runs a fragment with the address of before a choice: what a pad sends before the browser has heard of it."""

    def run(app: AppTest, cell: str | None) -> AppTest:
        app.query_params.clear()
        if cell is not None:
            app.query_params["cell"] = cell
        with monkeypatch.context() as patched:
            patched.setattr("digitlab.ui.app.address._runs_a_fragment", lambda: True)
            patched.setattr("digitlab.ui.app.address.begin", lambda: None)
            return app.run()

    return run


def test_a_late_run_does_not_undo_what_was_chosen_without_a_widget(
    late: Callable[[AppTest, str | None], AppTest],
) -> None:
    app = AppTest.from_function(clicked_page, default_timeout=60).run()
    app.button[0].click().run()
    assert chosen(late(app, None)) == {"cell": "b", "text": "b"}
    assert app.query_params["cell"] == "b"
    app.button[1].click().run()
    assert chosen(late(app, "b")) == {"cell": None, "text": None}
    assert "cell" not in app.query_params


def test_a_late_run_brings_nothing_back_that_was_forgotten(late: Callable[[AppTest, str | None], AppTest]) -> None:
    app = AppTest.from_function(clicked_page, default_timeout=60).run()
    app.button[0].click().run()
    app.checkbox[0].check()
    assert chosen(late(app, "b")) == {"cell": None, "text": None}
    app.checkbox[0].uncheck()
    assert chosen(late(app, "b")) == {"cell": None, "text": None}


def test_what_the_back_button_took_back_while_nobody_looked_stays_so(
    late: Callable[[AppTest, str | None], AppTest],
) -> None:
    app = AppTest.from_function(clicked_page, default_timeout=60).run()
    app.button[0].click().run()
    app.query_params["cell"] = "a"
    app.checkbox[1].uncheck().run()
    app.checkbox[1].check()
    assert chosen(late(app, "a")) == {"cell": "a", "text": "a"}


def test_the_back_button_takes_back_a_choice_that_a_fragment_made(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_function(clicked_page, default_timeout=60).run()
    with monkeypatch.context() as patched:
        patched.setattr("digitlab.ui.app.address._runs_a_fragment", lambda: True)
        patched.setattr("digitlab.ui.app.address.begin", lambda: None)
        assert chosen(app.button[0].click().run()) == {"cell": "b", "text": "b"}
    app.query_params.clear()
    assert chosen(app.run()) == {"cell": None, "text": None}


def own_run_page() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    address.begin()
    zoom = st.pills("Zoom", ["a", "b", "c"], **address.choice("zoom", ["a", "b", "c"]))
    if st.button("Again"):
        del st.query_params["zoom"]  # the run that asks is a fragment's, whose message is older than the choice
        address.rerun()
    st.json({"zoom": zoom})


def test_a_run_that_the_app_asks_for_undoes_no_choice_and_the_back_button_after_it_does() -> None:
    app = AppTest.from_function(own_run_page, default_timeout=60).run()
    app.button_group(key="zoom").set_value("c").run()
    app.button[0].click().run()
    assert chosen(app) == {"zoom": "c"}
    assert app.query_params["zoom"] == "c"
    del app.query_params["zoom"]
    app.run()
    assert chosen(app) == {"zoom": "a"}


def test_a_link_that_takes_the_place_of_a_run_that_the_app_asks_for_counts() -> None:
    app = AppTest.from_function(clicked_page, default_timeout=60).run()
    app.button[0].click().run()
    app.session_state[_RERUN] = {"cell": "b"}
    app.query_params["cell"] = "a"
    app.run()
    assert chosen(app) == {"cell": "a", "text": "a"}


def two_choices_page() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    address.begin()
    zoom = st.toggle("Zoom", **address.switch("zoom"))
    size = st.pills("Size", ["s", "m"], **address.choice("size", ["s", "m"]))
    st.button("Close", on_click=address.write, args=("cell", "b"))
    st.json({"zoom": zoom, "size": size, "cell": address.read("cell", ["a", "b"])})


def test_two_choices_before_the_server_answers_both_count_and_the_back_button_takes_them_back() -> None:
    app = AppTest.from_function(two_choices_page, default_timeout=60).run()
    app.toggle(key="zoom").set_value(True).run()
    app.query_params.clear()  # the second choice is sent with the address of before the first
    app.button_group(key="size").set_value("m").run()
    assert chosen(app) == {"zoom": True, "size": "m", "cell": None}
    app.query_params.clear()
    app.button[0].click().run()
    assert chosen(app) == {"zoom": True, "size": "m", "cell": "b"}
    assert (app.query_params["zoom"], app.query_params["size"]) == ("True", "m")
    app.query_params.clear()
    app.run()
    assert chosen(app) == {"zoom": False, "size": "s", "cell": None}


class OfBack:
    """The context of a run that the browser asked for because of its Back button."""

    is_history_navigation = True

    def __init__(self) -> None:
        self.context = get_script_run_ctx()

    def __getattr__(self, name: str) -> object:
        return getattr(self.context, name)


def test_the_back_button_counts_where_it_overtakes_the_run_of_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_function(two_choices_page, default_timeout=60).run()
    app.toggle(key="zoom").set_value(True).run()
    app.query_params.clear()
    monkeypatch.setattr("digitlab.ui.app.address.get_script_run_ctx", OfBack)
    app.button_group(key="size").set_value("m").run()
    assert chosen(app) == {"zoom": False, "size": "m", "cell": None}


def test_the_back_button_runs_the_whole_page_and_takes_a_choice_back() -> None:
    app = AppTest.from_function(pill_page, default_timeout=60).run()
    app.button_group(key="zoom").set_value("c").run()
    del app.query_params["zoom"]
    app.run()
    assert chosen(app) == {"zoom": "a"}


def named_page() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    names: dict[str, str] = dict(st.session_state.get("names", {"a": "first", "b": "second"}))
    options, label = list(names), lambda name: names.get(name, name)
    st.selectbox("Model", options, **address.choice("model", options, label=label))
    st.multiselect("Models", options, **address.several("models", options, options[:1], label=label))


def test_when_all_that_stood_at_the_default_has_gone_the_new_default_is_chosen() -> None:
    app = AppTest.from_function(named_page, default_timeout=60).run()
    app.session_state["names"] = {"c": "third", "d": "fourth"}
    app.run()
    assert not app.exception
    assert (app.session_state["model"], app.session_state["models"]) == ("c", ["c"])


def test_the_browser_is_told_of_a_changed_label_once_and_of_nothing_that_was_chosen_there() -> None:
    app = AppTest.from_function(named_page, default_timeout=60).run()
    app.selectbox[0].set_value("b").run()
    app.multiselect[0].set_value(["a", "b"]).run()
    assert not told(app)
    app.session_state["names"] = {"a": "first", "b": "renamed"}
    app.run()
    assert not app.exception
    assert told(app)
    assert (app.session_state["model"], app.session_state["models"]) == ("b", ["a", "b"])
    assert app.query_params == {"model": "b", "models": "a,b"}
    app.run()
    assert not told(app)
    app.multiselect[0].set_value(["b"]).run()
    assert not told(app)


def told(app: AppTest) -> bool:
    """Whether the browser is to show other values than those that it has."""
    return bool(app.selectbox[0].proto.set_value or app.multiselect[0].proto.set_value)
