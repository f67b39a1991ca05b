"""The sliders in the address: what the browser says once they rest, and what is foreign."""

import pytest
from streamlit.testing.v1 import AppTest


def page(asked: dict[str, object]) -> None:
    import streamlit as st

    from digitlab.ui.lab.choices import as_parameters, chosen_setting, take_setting

    st.button("Rest", on_click=take_setting(["a", "b"]), args=(asked,))
    st.json(as_parameters(chosen_setting(["a", "b"], 7)))


def rested(asked: object, **query: str) -> AppTest:
    """The page at an address after the browser said this."""
    app = AppTest.from_function(page, args=(asked,), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run().button[0].click().run()
    assert not app.exception
    return app


def parameters(app: AppTest) -> dict[str, object]:
    import json

    found: dict[str, object] = json.loads(app.json[0].value)
    return found


def test_what_is_set_is_in_the_address_and_what_is_neutral_is_not() -> None:
    app = rested({"noise": 40, "contrast": 100, "hand": "noise", "attacked": "b", "seed": 3, "digit": 7})
    assert dict(app.query_params) == {
        "noise": "40",
        "hand": "noise",
        "attacked": "b",
        "seed": "3",
    }
    found = parameters(app)
    assert (found["noise"], found["contrast"], found["hand"], found["attacked"]) == (40, 100, "noise", "b")


def test_what_is_undone_leaves_the_address() -> None:
    app = rested({"noise": 0, "hand": "rotation", "attacked": "a", "seed": 0}, noise="40", hand="noise", seed="5")
    assert not app.query_params
    assert parameters(app)["noise"] == 0


def test_amounts_between_two_steps_come_to_the_nearer_one() -> None:
    assert rested({"stroke-width": 0.74}).query_params["stroke-width"] == "0.7"


@pytest.mark.parametrize(
    "foreign",
    [
        *({"noise": "much"}, {"noise": 1e9}, {"hand": ["x"]}, {"seed": 10**400}, {"attacked": "nobody"}, {"pgd": None}),
        *({str(number): 1 for number in range(1000)}, {"noise": float("nan")}),
    ],
)
def test_foreign_parameters_change_nothing_and_bring_one_line(foreign: dict[str, object]) -> None:
    app = rested(foreign, rotation="30")
    (toast,) = app.toast
    assert "\n" not in toast.value
    assert parameters(app)["rotation"] == 30
    assert list(app.query_params) == ["rotation"]


@pytest.mark.parametrize("asked", ["181", "0.5", "x", "nan", ""])
def test_an_address_that_no_slider_can_stand_at_gets_one_line(asked: str) -> None:
    app = AppTest.from_function(page, args=({},), default_timeout=60)
    app.query_params["rotation"] = asked
    app.run()
    assert "The address asks for rotation" in app.warning[0].value
    assert parameters(app)["rotation"] == 0


def test_what_a_link_locks_stays_as_it_is_set() -> None:
    app = rested({"noise": 90, "blur": 2}, noise="40", lock="noise,hand")
    assert (app.query_params["noise"], app.query_params["blur"]) == ("40", "2")
    assert parameters(app)["locked"] == "noise"
