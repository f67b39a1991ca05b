"""Live: what models see in drawings while they are drawn, many drawings at once, each model asked in one batch.

A view is a pure function of a drawing, readers and parameters to a small value. It is written as a generator that
yields the images it wants read and is sent what every model reads in them, so that the views of many drawings share a
batch. Register another one, and every pen can ask for it.
"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from digitlab.errors import BadPicture, BlankDrawing, DigitlabError, UnknownName
from digitlab.image import SIDE
from digitlab.image.prepare import Prepared, Step, prepare_grey, squeeze
from digitlab.ink.remarks import DOT, remark_on
from digitlab.ink.strokes import CANVAS, Drawing, draw_ink
from digitlab.reading.number import FoundDigit, as_text, find_number
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Predictor, Reading

_LARGEST_BATCH = 64
"""Images that a model reads at once; more take no less time each, and the first answers would wait for the last."""

Readers = Mapping[str, Predictor | DigitlabError]
"""Model → its reader, or why it has none."""

Readings = Mapping[str, Sequence[Reading] | DigitlabError]
"""Model → what it reads in each of the images that were asked for, or why it cannot."""


@dataclass(frozen=True)
class Question:
    """What one pen asks.

    picture: ink that was found otherwise, `uint8` of shape (height, width); it stands instead of the drawing's.
    size: (width, height) of the canvas in canvas pixels. models: names, in the order in which they are shown.
    views: names of VIEWS. without: steps of the preparation to leave out. decides: the model that says which strokes of
    a number make a digit; empty for the first that can be asked. image: `uint8` of shape (28, 28) that is read as it
    is, instead of a drawing. parameters: what else the views are asked, checked where they read it.
    """

    drawing: Drawing
    models: Sequence[str]
    views: Sequence[str]
    size: tuple[int, int] = (CANVAS, CANVAS)
    without: Collection[str] = field(default_factory=frozenset)
    decides: str = ""
    picture: np.ndarray | None = None
    image: np.ndarray | None = None
    parameters: Parameters = field(default_factory=Parameters)


@dataclass(frozen=True)
class Seen:
    """A drawing as views get it. ink: its picture, `uint8` of shape (height, width), black where there is none."""

    question: Question
    ink: np.ndarray

    @cached_property
    def prepared(self) -> Prepared | None:
        """The drawing as an image; None when there is no ink on the canvas."""
        if self.question.image is not None:
            return Prepared(self.question.image, ())
        try:
            prepared = prepare_grey(self.ink, self.question.without)
        except BlankDrawing:
            return None
        return replace(prepared, remark="" if self.question.picture is not None else remark_on(self.question.drawing))

    @property
    def image(self) -> np.ndarray | None:
        """What models are asked to read, `uint8` of shape (28, 28); None while nothing is drawn but a dot."""
        return None if self.prepared is None or self.prepared.remark == DOT else self.prepared.image


View = Callable[[Seen, Readers], Generator[np.ndarray, Readings, Any]]

VIEWS: dict[str, View] = {}
"""Name → view."""

SLOW: set[str] = set()
"""Names of the views that take longer than a frame. They are answered apart, so that no pen's answers wait for them."""


def view(name: str, *, slow: bool = False) -> Callable[[View], View]:
    """Decorator: make a view known under a name. slow: it takes more than some 10 ms."""

    def register(function: View) -> View:
        VIEWS[name] = function
        if slow:
            SLOW.add(name)
        return function

    return register


@dataclass(frozen=True)
class Answers:
    """What each model reads in one digit; nothing in a dot. prepared: None while nothing is drawn."""

    prepared: Prepared | None
    readings: Mapping[str, Reading | DigitlabError]

    @property
    def remark(self) -> str:
        """A line on the drawing; empty where there is nothing to say."""
        return self.prepared.remark if self.prepared else ""


@view("answers")
def answers(seen: Seen, _readers: Readers) -> Generator[np.ndarray, Readings, Answers]:
    """The digit, its probabilities and whether each model is sure."""
    if seen.image is None:
        return Answers(seen.prepared, {})
    found = yield seen.image[None]
    return Answers(
        seen.prepared, {model: one if isinstance(one, DigitlabError) else one[0] for model, one in found.items()}
    )


@dataclass(frozen=True)
class StepReadings:
    """A step of the preparation, and what each model would read if it ended there."""

    step: Step
    readings: Mapping[str, Reading]


@view("steps")
def steps(seen: Seen, _readers: Readers) -> Generator[np.ndarray, Readings, Sequence[StepReadings]]:
    """Every step of the preparation, in order; none while nothing is drawn."""
    prepared = seen.prepared
    if prepared is None:
        return []
    found = yield np.stack([as_image(step.picture) for step in prepared.steps])
    return [
        StepReadings(step, {model: one[index] for model, one in found.items() if not isinstance(one, DigitlabError)})
        for index, step in enumerate(prepared.steps)
    ]


def as_image(picture: np.ndarray) -> np.ndarray:
    """A step's picture as a model would get it if the preparation ended there: squeezed to 28×28, `uint8`."""
    return picture if picture.shape == (SIDE, SIDE) else np.rint(squeeze(picture)).astype(np.uint8)


@dataclass(frozen=True)
class NumberReadings:
    """The digits found in a drawing, and what each model reads in them. trouble: why none could be looked for."""

    digits: Sequence[FoundDigit]
    readings: Readings
    trouble: str = ""

    def text(self, model: str) -> str:
        """The number as a model reads it; empty when it cannot be asked."""
        found = self.readings[model]
        return "" if isinstance(found, DigitlabError) else as_text(self.digits, found)


@view("number")
def number(seen: Seen, readers: Readers) -> Generator[np.ndarray, Readings, NumberReadings]:
    """Several digits, found by one model and read by all."""
    order = sorted(seen.question.models, key=lambda model: model != seen.question.decides)
    finder = next((reader for reader in map(readers.__getitem__, order) if isinstance(reader, Predictor)), None)
    digits, trouble = [], ""
    try:
        digits = find_number(seen.ink, finder) if finder else []
    except BlankDrawing:
        pass
    except BadPicture as error:
        trouble = str(error)
    if not digits:
        return NumberReadings([], {model: [] for model in readers}, trouble)
    return NumberReadings(digits, (yield np.stack([digit.image for digit in digits])))


def ask(question: Question, find_reader: Callable[[str], Predictor]) -> dict[str, Any]:
    """View → its value, for one drawing: see `ask_all`. Raises UnknownName for a view that does not exist."""
    return ask_all([question], find_reader)[0]


def ask_all(questions: Sequence[Question], find_reader: Callable[[str], Predictor]) -> list[dict[str, Any]]:
    """For each question view → its value, every model reading the images of all of them together.

    find_reader: gives the reader of a name; a DigitlabError from it becomes that model's answer.
    Raises UnknownName for a view that does not exist.
    """
    readers = {model: _find(model, find_reader) for question in questions for model in question.models}
    running = [_Running(seen, name, readers) for seen in _see(questions) for name in seen.question.views]
    while waiting := [one for one in running if one.images is not None]:
        for one, found in zip(waiting, _read(waiting, readers), strict=True):
            one.go_on(found)
    values = iter(running)
    return [{name: next(values).value for name in question.views} for question in questions]


def _see(questions: Sequence[Question]) -> list[Seen]:
    """Every question with its drawing as a picture; a drawing that several ask about is drawn once."""
    drawn: dict[tuple[int, tuple[int, int]], np.ndarray] = {}
    seen = []
    for question in questions:
        drawing, key = question.drawing, (id(question.drawing), question.size)
        ink = question.picture if question.image is None else question.image
        if ink is None and key not in drawn:
            drawn[key] = draw_ink(drawing.ink, drawing.pen_width, question.size)
        seen.append(Seen(question, drawn[key] if ink is None else ink))
    return seen


def _find(model: str, find_reader: Callable[[str], Predictor]) -> Predictor | DigitlabError:
    try:
        return find_reader(model)
    except DigitlabError as error:
        return error


class _Running:
    """A view under way. images: what it wants read now; None when it has its value."""

    def __init__(self, seen: Seen, name: str, readers: Readers) -> None:
        if name not in VIEWS:
            raise UnknownName(f"There is no view {name[:40]!r}. Choose one of: {', '.join(VIEWS)}.")
        self.models, self.value = seen.question.models, None
        self.images: np.ndarray | None = None
        self._steps = VIEWS[name](seen, {model: readers[model] for model in self.models})
        self.go_on(None)

    def go_on(self, found: Readings | None) -> None:
        try:
            self.images = next(self._steps) if found is None else self._steps.send(found)
        except StopIteration as end:
            self.images, self.value = None, end.value


def _read(waiting: Sequence[_Running], readers: Readers) -> list[Readings]:
    """What each of the views wanted read, every model asked once for all of them."""
    found: list[dict[str, Sequence[Reading] | DigitlabError]] = [{} for _ in waiting]
    for model, reader in readers.items():
        asking = [index for index, one in enumerate(waiting) if model in one.models]
        if isinstance(reader, DigitlabError):
            for index in asking:
                found[index][model] = reader
            continue
        images = [one for index in asking if (one := waiting[index].images) is not None]
        readings = _read_batches(reader, np.concatenate(images)) if images else []
        for index, own in zip(asking, images, strict=True):
            found[index][model], readings = readings[: len(own)], readings[len(own) :]
    return [{model: one[model] for model in view.models} for view, one in zip(waiting, found, strict=True)]


def _read_batches(reader: Predictor, images: np.ndarray) -> list[Reading]:
    batches = range(0, len(images), _LARGEST_BATCH)
    return [reading for start in batches for reading in reader.read_all(images[start : start + _LARGEST_BATCH])]
