from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from digitlab.errors import BadInk, DigitlabError, UnknownName
from digitlab.explain.attacks import ATTACKS
from digitlab.explain.perturbations import PERTURBATIONS
from digitlab.explain.robustness import DISTURBANCES
from digitlab.ink.strokes import Drawing
from digitlab.reading.disturbed import UNKNOWN, Disturbed, read_setting
from digitlab.reading.live import SLOW, Question, ask
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Predictor
from digitlab.runs.run import Run

IMAGE = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)


@pytest.fixture
def readers(make_run: Callable[..., Run]) -> dict[str, Predictor]:
    return {"a": Predictor(make_run()), "b": Predictor(make_run())}


@pytest.fixture
def look(readers: dict[str, Predictor]) -> Callable[..., Disturbed]:
    """What the view says of the image with these parameters."""

    def find(name: str) -> Predictor:
        if name not in readers:
            raise UnknownName(f"There is no model {name}.")
        return readers[name]

    def ask_for(models: tuple[str, ...] = ("a", "b"), image: np.ndarray | None = IMAGE, **values: object) -> Disturbed:
        parameters = Parameters({name.replace("_", "-"): value for name, value in values.items()})  # type: ignore[misc]
        question = Question(Drawing(ink=[]), models, ["disturbed"], image=image, parameters=parameters)
        value: Disturbed = ask(question, find)["disturbed"]
        return value

    return ask_for


def test_nothing_said_disturbs_nothing(look: Callable[..., Disturbed]) -> None:
    found = look()
    for picture in (found.image, found.original, found.unattacked):
        assert_array_equal(picture, IMAGE)
    assert found.before["a"].digit == found.after["a"].digit


def test_disturbances_are_done_one_after_the_other_and_read(
    look: Callable[..., Disturbed], readers: dict[str, Predictor]
) -> None:
    turned = PERTURBATIONS["rotation"].apply(IMAGE[None], 30, 5)
    expected = PERTURBATIONS["noise"].apply(turned, 40, 5)
    found = look(rotation=30, noise=40, seed=5)
    assert_array_equal(found.image, expected[0])
    assert_array_equal(found.original, IMAGE)
    (read,) = readers["b"].read_all(expected)
    assert_allclose(found.after["b"].probabilities, read.probabilities, rtol=1e-6)


def test_an_attack_is_made_against_the_named_model_from_the_disturbed_image(
    look: Callable[..., Disturbed], readers: dict[str, Predictor]
) -> None:
    shifted = PERTURBATIONS["shift-down"].apply(IMAGE[None], 2)
    expected = ATTACKS["fgsm"].apply(readers["b"].model, shifted, np.array([3]), 8)
    found = look(shift_down=2, fgsm=8, attacked="b", digit=3)
    assert_array_equal(found.image, expected[0])
    assert_array_equal(found.unattacked, shifted[0])
    assert found.setting.epsilon == 8


def test_an_attack_leads_away_from_what_is_read_undisturbed_where_nobody_said_what_it_is(
    look: Callable[..., Disturbed], readers: dict[str, Predictor]
) -> None:
    (read,) = readers["a"].read_all(IMAGE[None])
    assert_array_equal(look(pgd=8, noise=30).image, look(pgd=8, noise=30, digit=read.digit).image)


def test_a_model_that_cannot_be_read_is_not_attacked_and_says_why(look: Callable[..., Disturbed]) -> None:
    found = look(("nobody", "a"), fgsm=8)
    assert found.trouble == "There is no model nobody."
    assert_array_equal(found.image, IMAGE)
    assert isinstance(found.after["nobody"], DigitlabError)
    assert found.after["a"].digit in range(10)


def test_without_models_the_image_is_disturbed_all_the_same(look: Callable[..., Disturbed]) -> None:
    found = look((), contrast=-100, fgsm=4)
    assert_array_equal(found.image, 255 - IMAGE)
    assert "Choose one" in found.trouble


def test_an_empty_canvas_shows_nothing(look: Callable[..., Disturbed]) -> None:
    found = look(image=None)
    assert found.image is None
    assert not found.after


def test_amounts_are_brought_to_where_a_slider_can_stand() -> None:
    assert read_setting(Parameters({"rotation": 30.4}), ["a"]).amounts["rotation"] == 30


def test_what_is_not_said_is_neutral() -> None:
    setting = read_setting(Parameters(), ["a", "b"])
    assert setting.amounts == {name: one.neutral for name, one in DISTURBANCES.items()}
    assert (setting.attacked, setting.digit, setting.seed, setting.epsilon) == ("a", UNKNOWN, 0, 0)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("rotation", 181, BadInk),
        ("noise", "much", BadInk),
        ("pgd", -1, BadInk),
        ("hand", "fate", UnknownName),
        ("attacked", "c", UnknownName),
        ("digit", 10, BadInk),
        ("seed", 1001, BadInk),
        ("seed", True, BadInk),
    ],
)
def test_foreign_parameters_are_refused(name: str, value: object, error: type[DigitlabError]) -> None:
    with pytest.raises(error):
        read_setting(Parameters({name: value}), ["a"])  # type: ignore[dict-item]


def test_the_view_is_slow_so_that_no_pen_waits_for_it() -> None:
    assert "disturbed" in SLOW
