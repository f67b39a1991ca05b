"""Views without a browser: pure functions of drawings and readers."""

import json
from pathlib import Path

import numpy as np
import pytest

from digitlab.errors import BadRun, UnknownName
from digitlab.ink.strokes import Drawing, Ink
from digitlab.reading import live
from digitlab.reading.live import Question, ask, ask_all
from digitlab.reading.predictor import Predictor, Reading

TRAJECTORIES: dict[str, Ink] = json.loads((Path(__file__).parents[1] / "browser" / "trajectories.json").read_text())
SEVEN: Ink = [[[60, 60], [200, 60], [120, 230]]]


class Counting:
    """A reader that says how much ink it sees, and notes how many images it was given at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def read_all(self, images: np.ndarray) -> list[Reading]:
        self.batches.append(len(images))
        return [self._read(image) for image in images]

    @staticmethod
    def _read(image: np.ndarray) -> Reading:
        digit = int(image.sum()) % 10
        return Reading(digit, np.eye(10)[digit], 1.0)


def question(ink: Ink = SEVEN, models: tuple[str, ...] = ("a",), views: tuple[str, ...] = ("answers",)) -> Question:
    return Question(Drawing(ink=ink), models, views)


@pytest.fixture
def readers() -> dict[str, Counting]:
    return {"a": Counting(), "b": Counting()}


def test_every_drawing_waiting_is_read_in_one_batch_per_model(readers: dict[str, Counting]) -> None:
    asked = [question(ink, ("a", "b")) for ink in TRAJECTORIES.values()]
    found = ask_all(asked, readers.__getitem__)
    assert readers["a"].batches == readers["b"].batches == [len(asked)]
    for one, value in zip(asked, found, strict=True):
        alone = ask(one, {"a": Counting(), "b": Counting()}.__getitem__)["answers"]
        assert {m: r.digit for m, r in value["answers"].readings.items()} == {
            m: r.digit for m, r in alone.readings.items()
        }
        assert np.array_equal(value["answers"].prepared.image, alone.prepared.image)


def test_large_crowds_are_read_in_several_batches(
    readers: dict[str, Counting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_LARGEST_BATCH", 4)
    found = ask_all([question() for _ in range(10)], readers.__getitem__)
    assert readers["a"].batches == [4, 4, 2]
    assert len({value["answers"].readings["a"].digit for value in found}) == 1


def test_questions_about_different_models_do_not_mix(readers: dict[str, Counting]) -> None:
    first, second = ask_all([question(models=("a",)), question(models=("b", "a"))], readers.__getitem__)
    assert list(first["answers"].readings) == ["a"]
    assert list(second["answers"].readings) == ["b", "a"]
    assert readers["a"].batches == [2]
    assert readers["b"].batches == [1]


@pytest.mark.parametrize("ink", [[], [[[-500, -500], [-400, -400]]]])
def test_where_nothing_is_drawn_nothing_is_read(ink: Ink, readers: dict[str, Counting]) -> None:
    found = ask(question(ink, views=("answers", "steps", "number")), readers.__getitem__)
    assert found["answers"].prepared is None
    assert found["answers"].readings == {}
    assert found["steps"] == []
    assert found["number"].digits == []
    assert readers["a"].batches == []


def test_every_step_is_read_as_if_the_preparation_ended_there(readers: dict[str, Counting]) -> None:
    steps = ask(question(views=("steps",)), readers.__getitem__)["steps"]
    assert [one.step.name for one in steps] == ["drawing", "cropped", "scaled", "centred", "grey"]
    for one in steps:
        assert one.readings["a"].digit == int(live.as_image(one.step.picture).sum()) % 10


def test_steps_can_be_left_out(readers: dict[str, Counting]) -> None:
    whole = ask(question(), readers.__getitem__)["answers"].prepared.image
    asked = Question(Drawing(ink=SEVEN), ("a",), ("answers",), without=frozenset({"centre"}))
    assert not np.array_equal(ask(asked, readers.__getitem__)["answers"].prepared.image, whole)


def test_a_model_that_cannot_be_loaded_says_why_and_the_others_answer(readers: dict[str, Counting]) -> None:
    def find(name: str) -> Counting:
        if name == "broken":
            raise BadRun("broken is damaged. Choose another run.")
        return readers[name]

    found = ask(question(models=("broken", "a"), views=("answers", "steps")), find)
    assert str(found["answers"].readings["broken"]) == "broken is damaged. Choose another run."
    assert found["answers"].readings["a"].digit in range(10)
    assert all(list(one.readings) == ["a"] for one in found["steps"])


def test_a_number_is_found_by_one_model_and_read_by_all(shipped: dict[str, Predictor]) -> None:
    two = [[[x + shift, y] for x, y in stroke] for shift in (0, 260) for stroke in SEVEN]
    asked = Question(Drawing(ink=two), ("softmax", "cnn"), ("number",), size=(840, 280), decides="cnn")
    found = ask(asked, shipped.__getitem__)["number"]
    assert found.text("cnn") == "77"
    assert len(found.digits) == 2


def test_ink_that_was_found_otherwise_stands_instead_of_a_drawing(readers: dict[str, Counting]) -> None:
    picture = np.zeros((100, 60), np.uint8)
    picture[20:80, 28:34] = 255
    asked = Question(Drawing(ink=[]), ("a",), ("answers",), picture=picture)
    assert ask(asked, readers.__getitem__)["answers"].prepared is not None


def test_a_view_that_does_not_exist_is_refused(readers: dict[str, Counting]) -> None:
    with pytest.raises(UnknownName, match=r"There is no view 'taste'\. Choose one of: answers, steps, number"):
        ask(question(views=("taste",)), readers.__getitem__)


def test_another_view_is_one_function(readers: dict[str, Counting], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "VIEWS", dict(live.VIEWS))

    @live.view("twice")
    def twice(seen: live.Seen, _readers: live.Readers):
        first = yield seen.prepared.image[None]
        second = yield 255 - seen.prepared.image[None]
        return first["a"][0].digit, second["a"][0].digit

    found = ask_all([question(views=("twice", "answers")), question()], readers.__getitem__)
    assert found[0]["twice"][0] == found[0]["answers"].readings["a"].digit
    assert readers["a"].batches == [3, 1]


@pytest.fixture(scope="module")
def shipped() -> dict[str, Predictor]:
    from digitlab.runs.run import Run
    from digitlab.settings import CHECKPOINTS

    return {name: Predictor(Run(CHECKPOINTS / name)) for name in ("softmax", "cnn")}
