"""The messages of the live channel: what a pen may ask, checked, and how the answer is written.

In: `{"number": 7, "drawing": {"strokes": …, "penWidth": 18, "width": 280}, "show": [{"element": "answers",
"view": "answers", "models": [["cnn", "cnn", "#4477AA"]], "without": [], "decides": "", "parameters": {}}]}`. Instead of
strokes a drawing may be `{"picture": "PNG in base64"}`, the canvas as it looks, or `{"image": "PNG in base64"}`, 28×28
grey pixels that are read as they are. Out: `{"number": 7, "shown": {"answers": …}}`, or `{"number": 7, "trouble": "one
line"}`.
"""

import base64
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from digitlab.errors import BadInk, DigitlabError
from digitlab.formats import short
from digitlab.image import SIDE
from digitlab.image.photo import open_picture
from digitlab.ink.strokes import CANVAS, Drawing
from digitlab.reading.parameters import Parameters, checked_parameters
from digitlab.ui.components.drawing import checked_drawing
from digitlab.ui.components.live import Lane, Shown

LARGEST = 256 * 1024
"""Bytes of a message."""

MOST_MODELS, MOST_SHOWN = 8, 6

_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_LARGEST_CANVAS = 1024
_GREY = 40
"""Pixels of a side; difference of colour channels from which a pixel is no ink but a handle of the canvas."""

_LONGEST_NAME = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """What an element of the page wants to see."""

    element: str
    view: str
    models: Sequence[Shown]
    without: frozenset[str]
    decides: str
    parameters: Parameters


@dataclass(frozen=True)
class Message:
    """What a pen sent, checked."""

    number: int
    drawing: Drawing
    picture: np.ndarray | None
    image: np.ndarray | None
    width: int
    wishes: Sequence[Wish]


def read_message(text: str, lane: Lane = "quick") -> Message:
    """A message from outside, on a lane. Raises BadInk, in one line, when it is anything else."""
    if len(text) > LARGEST:
        raise BadInk(f"The message has over {LARGEST // 1024} kB. Draw fewer or shorter strokes.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInk("The message is not JSON. Load the page again.") from error
    drawing, show = _dict(value).get("drawing"), _dict(value).get("show")
    width = _dict(drawing).get("width", CANVAS)
    if type(width) is not int or not CANVAS <= width <= 3 * CANVAS:
        raise BadInk(f"The canvas is {short(width, 40)} wide; it must be {CANVAS} to {3 * CANVAS} pixels.")
    if not isinstance(show, list) or not 0 < len(show) <= MOST_SHOWN:
        raise BadInk(f"The message asks for {short(show, 40)}; it must ask for 1 to {MOST_SHOWN} views.")
    picture, image = _dict(drawing).get("picture"), _dict(drawing).get("image")
    return Message(
        number_of(value),
        checked_drawing(_dict(drawing)) if picture is None and image is None else Drawing(ink=[]),
        None if picture is None else _canvas_ink(picture),
        None if image is None else _image(image),
        width,
        [_wish(_dict(one), lane) for one in show],
    )


def _canvas_ink(value: Any) -> np.ndarray:
    """The white ink on a black canvas, from its PNG in base64; coloured handles are none. Raises BadInk, BadPicture."""
    colours = np.asarray(_opened(value, "The canvas").convert("RGB"), np.int16)
    darkest, brightest = colours.min(2), colours.max(2)
    return np.where(brightest - darkest < _GREY, darkest, 0).astype(np.uint8)


def _image(value: Any) -> np.ndarray:
    """An image from its PNG in base64. Raises BadInk, BadPicture."""
    picture = _opened(value, "The image")
    if picture.size != (SIDE, SIDE):
        raise BadInk(f"The image has {picture.width}×{picture.height} pixels; it must have {SIDE}×{SIDE}.")
    return np.asarray(picture.convert("L"), np.uint8)


def _opened(value: Any, name: str) -> Image.Image:
    try:
        content = base64.b64decode(value, validate=True)
    except (TypeError, ValueError) as error:
        raise BadInk("The browser sent no picture that can be read. Load the page again.") from error
    return open_picture(content, name, _LARGEST_CANVAS)


def number_of(value: Any) -> int:
    """A message's number. Raises BadInk when it has none that is sensible."""
    number = _dict(value).get("number")
    if type(number) is not int or not 0 <= number < 2**53:
        raise BadInk(f"The message's number is {short(number, 40)}; it must be a whole number.")
    return number


def _wish(value: Mapping[str, Any], lane: Lane) -> Wish:
    from digitlab.image.prepare import STEPS
    from digitlab.reading.live import SLOW

    views = _drawers()
    models, without = value.get("models"), value.get("without", [])
    if not isinstance(models, list) or len(models) > MOST_MODELS:
        raise BadInk(f"The message names {short(models, 40)}; it must name at most {MOST_MODELS} models.")
    view = _name(value.get("view"))
    if view not in views:
        raise BadInk(f"There is no view {short(view, 40)}. Choose one of: {', '.join(views)}.")
    if (view in SLOW) != (lane == "slow"):
        raise BadInk(f"The view {view} is not answered on the {lane} lane. Load the page again.")
    if not isinstance(without, list) or not set(map(str, without)) <= set(STEPS):
        raise BadInk(f"There are no steps {short(without, 40)}. Choose some of: {', '.join(STEPS)}.")
    shown = [_shown(model) for model in models]
    element, decides = _name(value.get("element")), _name(value.get("decides", ""))
    parameters = checked_parameters(value.get("parameters", {}))
    return Wish(element, view, shown, frozenset(map(str, without)), decides, parameters)


def _shown(value: Any) -> Shown:
    if not isinstance(value, list) or len(value) != 3:
        raise BadInk(f"A model is {short(value, 40)}; it must be [id, title, colour].")
    identity, title, colour = map(_name, value)
    if not _COLOUR.fullmatch(colour):
        raise BadInk(f"A colour is {short(colour, 40)}; it must be #rrggbb.")
    return Shown(identity, title, colour)


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_NAME or not value.isprintable():
        raise BadInk(f"A name is {short(value, 40)}; it must be at most {_LONGEST_NAME} printable characters.")
    return value


def _dict(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadInk(f"The message holds {short(value, 40)} where an object belongs. Load the page again.")
    return value


def answer_all(texts: Sequence[str], lane: Lane = "quick") -> list[str]:
    """An answer to each message of a lane, read together. Never raises: what is wrong becomes the answer's one line."""
    messages: dict[int, Message] = {}
    answers: dict[int, dict[str, Any]] = {}
    for index, text in enumerate(texts):
        try:
            messages[index] = read_message(text, lane)
        except Exception as error:
            answers[index] = _trouble(text, error)
    try:
        answers |= dict(zip(messages, _answers(list(messages.values())), strict=True))
    except Exception as error:
        if len(messages) > 1:  # one of them is to blame: the others shall not suffer for it
            answers |= {index: json.loads(answer_all([texts[index]], lane)[0]) for index in messages}
        else:
            answers |= {index: _trouble(texts[index], error) for index in messages}
    return [json.dumps(answers[index], separators=(",", ":")) for index in range(len(texts))]


def _trouble(text: str, error: Exception) -> dict[str, Any]:
    """An error as the answer's one line; what is no `DigitlabError` is a defect, and the log has it."""
    line = str(error)
    if not isinstance(error, DigitlabError):
        _log.error("A drawing could not be answered.", exc_info=error)
        line = "This drawing could not be read. The server's log has the details."
    try:
        return {"number": number_of(json.loads(text)), "trouble": line}
    except (BadInk, ValueError, RecursionError):
        return {"trouble": line}


@cache
def _drawers() -> Mapping[str, Callable[..., Any]]:
    """View → how its value goes to the browser: `answers` as numbers, most others as HTML."""
    import digitlab.reading.epochs
    import digitlab.reading.maps  # noqa: F401  their views make themselves known
    from digitlab.ui.draw.epochs import live_epochs
    from digitlab.ui.draw.evidence_view import live_evidence
    from digitlab.ui.draw.layers_view import live_layers
    from digitlab.ui.draw.map import live_map
    from digitlab.ui.draw.number_view import live_number
    from digitlab.ui.draw.saliency_view import live_saliency
    from digitlab.ui.draw.steps import live_steps
    from digitlab.ui.lab.panel import live_disturbed
    from digitlab.ui.shared.answers import live_answers

    return {
        "answers": live_answers,
        "steps": live_steps,
        "number": live_number,
        "disturbed": live_disturbed,
        "evidence": live_evidence,
        "saliency": live_saliency,
        "layers": live_layers,
        "epochs": live_epochs,
        "map": live_map,
    }


def _answers(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The values of all views, as the browser draws them."""
    from digitlab.reading.live import Question, ask_all
    from digitlab.ui.app import readers

    draw = _drawers()
    wishes = [(message, wish) for message in messages for wish in message.wishes]
    questions = [
        Question(
            drawing=message.drawing,
            models=[model.id for model in wish.models],
            views=[wish.view],
            size=(message.width, CANVAS),
            without=wish.without,
            decides=wish.decides,
            picture=message.picture,
            image=message.image,
            parameters=wish.parameters,
        )
        for message, wish in wishes
    ]
    values = iter(ask_all(questions, readers.predictor))
    return [
        {
            "number": message.number,
            "shown": {
                wish.element: draw[wish.view](next(values)[wish.view], wish.models, wish.without)
                for wish in message.wishes
            },
        }
        for message in messages
    ]
