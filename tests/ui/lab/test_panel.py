"""The panel as HTML: what each slider says, and that nothing from outside becomes markup."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from digitlab.explain.robustness import DISTURBANCES
from digitlab.reading.disturbed import Disturbed, Setting
from digitlab.reading.predictor import Reading
from digitlab.ui.app import readers
from digitlab.ui.components.live import Shown
from digitlab.ui.lab.choices import settable
from digitlab.ui.lab.panel import panel_html

NEUTRAL = {name: one.neutral for name, one in DISTURBANCES.items()}
GREY = np.full((28, 28), 100, np.uint8)
MODELS = [Shown("a", "<b>a</b>", "#4477AA"), Shown("c", "c & co", "#EE6677")]


@pytest.fixture(autouse=True)
def _no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "predictor", lambda _name: type("Any", (), {"parameters": 7850}))


def read(digit: int, probability: float = 0.9) -> Reading:
    return Reading(digit, np.full(10, probability), 1.0)


def panel(hand: str = "rotation", change: int = 0, trouble: str = "", **amounts: float) -> str:
    setting = Setting({**NEUTRAL, **amounts}, hand, "c", 7, 4)
    image = GREY + np.uint8(change)
    before, after = {"a": read(7), "c": read(7)}, {"a": read(7), "c": read(1)}
    return panel_html(Disturbed(setting, GREY, image, GREY, before, after, trouble), MODELS)


def controls(html: str) -> dict[str, dict[str, str | None]]:
    """Name → attributes of each slider and select; buttons go by their JSON."""
    found: dict[str, dict[str, str | None]] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, _tag: str, given: list[tuple[str, str | None]]) -> None:
            attributes = dict(given)
            if name := attributes.get("data-ask"):
                found[name] = attributes

    Reader().feed(html)
    return found


def test_the_sliders_of_one_group_are_shown_each_with_its_bounds_value_and_help() -> None:
    sliders = {name: one for name, one in controls(panel(rotation=-30.0)).items() if not name.startswith("{")}
    assert list(sliders) == ["shift-across", "shift-down", "rotation", "scale"]
    for name, given in sliders.items():
        one = DISTURBANCES[name]
        assert (float(given["min"]), float(given["max"]), float(given["step"])) == (one.low, one.high, one.step)
        assert given["aria-description"] == one.words
    assert sliders["rotation"]["value"] == "-30"
    assert sliders["rotation"]["aria-valuetext"] == "\u221230 degrees"


def test_tabs_say_which_group_is_open_and_which_does_something() -> None:
    html = panel(hand="noise", rotation=30.0)
    tabs = re.findall(r'aria-pressed="(\w+)" class="(\w*)"[^>]*>([^<]+)<', html)
    assert tabs == [("false", "used", "Place"), ("false", "", "Ink"), ("true", "", "Paper"), ("false", "", "Attack")]


def test_undo_all_asks_for_every_neutral_amount_and_is_off_when_there_is_nothing_to_undo() -> None:
    (undo,) = [name for name in controls(panel(noise=20.0)) if "contrast" in name]
    assert json.loads(undo) == NEUTRAL
    assert "disabled" in controls(panel())[undo]
    assert "disabled" not in controls(panel(noise=20.0))[undo]


def test_an_attack_is_shown_as_a_picture_with_its_epsilon() -> None:
    html = panel(hand="pgd", change=16, pgd=16.0)
    assert 'class="change"' in html
    assert "at most ε = 16 of 255 (6.3\u202f%)" in html
    assert 'class="change"' not in panel(change=16)


def test_the_attacked_model_is_chosen_among_the_models() -> None:
    html = panel(hand="fgsm")
    assert '<option value="c" selected>c &amp; co</option>' in html
    assert "attacked" not in controls(panel(hand="noise"))


def test_what_is_left_to_chance_can_be_drawn_anew() -> None:
    assert '{"seed": 5}' in controls(panel(hand="noise"))
    assert '{"seed": 5}' not in controls(panel(hand="contrast"))


def test_cards_say_what_was_read_before_and_the_line_who_disagrees() -> None:
    html = panel()
    assert html.count("Undisturbed: <b>7</b>") == 2
    assert html.count('class="before changed"') == 1
    assert "They disagree: &lt;b&gt;a&lt;/b&gt; says 7, c &amp; co says 1." in html
    assert "<b>a</b>" not in html


def test_an_attack_that_could_not_be_made_says_why_in_its_place() -> None:
    html = panel(hand="pgd", trouble="<i>no</i>", pgd=3.0)
    assert '<p class="trouble">&lt;i&gt;no&lt;/i&gt;</p>' in html
    assert 'class="change"' not in html


@pytest.mark.parametrize("name", DISTURBANCES)
def test_a_slider_can_stand_at_its_ends_the_neutral_amount_and_those_measured(name: str) -> None:
    one, amounts = DISTURBANCES[name], settable(name)
    assert (amounts[0], amounts[-1]) == (one.low, one.high)
    assert {one.neutral, *one.amounts} <= set(amounts)


def test_what_a_link_locks_cannot_be_moved_nor_undone() -> None:
    setting = Setting({**NEUTRAL, "noise": 20.0}, "noise", "c", 7, 4, frozenset({"noise", "seed"}))
    found = controls(panel_html(Disturbed(setting, GREY, GREY, GREY), MODELS))
    assert "disabled" in found["noise"]
    assert "A lesson has set this" in (found["noise"]["aria-description"] or "")
    assert "disabled" not in found["blur"]
    assert "disabled" in found['{"seed": 5}']
    (undo,) = [name for name in found if "contrast" in name]
    assert "noise" not in json.loads(undo)
