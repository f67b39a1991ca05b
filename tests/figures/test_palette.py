import re

from digitlab.figures.palette import DIGITS, MODELS, model_colour, places


def test_colours_are_all_different_hex_colours() -> None:
    for colours in (MODELS, DIGITS):
        assert len(set(colours)) == len(colours)
        assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)
    assert len(DIGITS) == 10


def test_models_get_places_in_the_order_in_which_they_are_chosen() -> None:
    assert places(["b", "a"], {}) == {"b": 0, "a": 1}


def test_a_model_keeps_its_place_while_others_come_and_go() -> None:
    before = places(["a", "b", "c"], {})
    after = places(["c", "d", "b"], before)
    assert after == {"c": 2, "b": 1, "d": 0}


def test_nothing_chosen_has_no_places() -> None:
    assert places([], {"a": 3}) == {}


def test_two_models_never_share_a_place() -> None:
    before: dict[str, int] = {}
    for chosen in (["a"], ["a", "b", "c"], ["c"], ["d", "c", "a", "e"], ["e", "f", "g", "d"]):
        before = places(chosen, before)
        assert before.keys() == set(chosen)
        assert len(set(before.values())) == len(chosen)


def test_after_the_last_colour_they_begin_again() -> None:
    assert model_colour(0) == MODELS[0] == model_colour(len(MODELS))
