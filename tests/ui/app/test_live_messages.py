import base64
import io
import json
import random
import string
from typing import Any

import numpy as np
import pytest
from PIL import Image

from digitlab.errors import BadInk
from digitlab.ui.app import live_messages
from digitlab.ui.app.live_messages import answer_all, read_message
from digitlab.ui.components.live_html import image_subject
from tests.ui.app.live_pen import BAD, canvas, message, show


def test_one_bad_message_does_not_spoil_the_others_of_its_batch() -> None:
    good = json.dumps(message())
    answers = [json.loads(text) for text in answer_all([good, "{", BAD["a broad pen"], good])]
    assert ["shown" in answer for answer in answers] == [True, False, False, True]
    assert answers[2]["number"] == 7


def test_a_defect_in_one_drawing_is_one_line_for_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = live_messages._answers

    def breaks(messages: Any) -> Any:
        if any(one.number == 13 for one in messages):
            raise ZeroDivisionError
        return real(messages)

    monkeypatch.setattr(live_messages, "_answers", breaks)
    texts = [json.dumps(message(number=number)) for number in (12, 13, 14)]
    answers = [json.loads(text) for text in answer_all(texts)]
    assert ["shown" in answer for answer in answers] == [True, False, True]
    assert "The server's log has the details" in answers[1]["trouble"]


def test_random_messages_never_break_it() -> None:
    draw = random.Random(0)
    texts = [json.dumps(_mutated(message(), draw)) for _ in range(300)]
    for start in range(0, len(texts), 20):
        for answer in map(json.loads, answer_all(texts[start : start + 20])):
            assert ("shown" in answer) != ("trouble" in answer)


def _mutated(value: Any, draw: random.Random) -> Any:
    """The value with one or a few parts of it replaced by something else."""
    letter = draw.choice(string.printable)
    odd = [None, True, -1, 10**30, 1e308, "", "x" * 500, [], {}, [[]], {"a": {}}, "\ud800", letter]
    if draw.random() < 0.12:
        return draw.choice(odd)
    if isinstance(value, dict):
        return {key: _mutated(one, draw) for key, one in value.items() if draw.random() > 0.04}
    if isinstance(value, list):
        return [_mutated(one, draw) for one in value]
    return value


def test_a_message_is_checked_whole() -> None:
    checked = read_message(json.dumps(message()))
    assert checked.number == 7
    assert checked.drawing.pen_width == 18.0
    assert [model.id for model in checked.wishes[0].models] == ["cnn"]
    with pytest.raises(BadInk, match="pen width"):
        read_message(BAD["a broad pen"])
    assert np.array_equal(np.unique(read_message(json.dumps(message(drawing={"picture": canvas()}))).picture), [0, 255])


def test_a_dot_is_answered_by_one_line_and_a_blob_by_a_remark() -> None:
    def shown(strokes: Any) -> Any:
        text = json.dumps(message(drawing={"strokes": strokes, "penWidth": 18}))
        return json.loads(answer_all([text])[0])["shown"]["answers"]

    dot, blob = shown([[[100, 100]]]), shown([[[100, 100], [130, 100], [115, 130]]])
    assert (dot["verdict"], dot["cards"]) == ("A single dot is not a digit. Draw one.", [None])
    assert "The pen is too broad for so small a drawing" in blob["verdict"]
    assert blob["cards"][0] is not None


def test_a_scribble_of_too_many_marks_is_one_line_beside_the_numbers() -> None:
    dots = [[[20 + 8 * (n % 100), 20 + 8 * (n // 100)]] for n in range(3000)]
    asked = message(
        drawing={"strokes": dots, "penWidth": 1, "width": 840}, show=[show(view="number", element="numbers")]
    )
    (answer,) = map(json.loads, answer_all([json.dumps(asked)]))
    assert "separate marks. That is noise" in answer["shown"]["numbers"]


def test_a_drawing_that_several_views_show_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from digitlab.reading import live

    drawn: list[object] = []
    real = live.draw_ink
    monkeypatch.setattr(live, "draw_ink", lambda *given: drawn.append(given) or real(*given))
    answer_all([json.dumps(message(show=[show(), show(view="steps", element="steps"), show(element="more")]))])
    assert len(drawn) == 1


def test_an_image_is_read_as_it_is() -> None:
    image = np.arange(28 * 28, dtype=np.uint16).reshape(28, 28).astype(np.uint8)
    text = json.dumps(message(drawing=image_subject(image)))
    assert np.array_equal(read_message(text).image, image)
    answer = json.loads(answer_all([text])[0])["shown"]["answers"]["image"]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(answer)))), image)


def test_a_view_is_answered_on_its_own_lane_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from digitlab.reading import live

    monkeypatch.setattr(live, "SLOW", {"steps"})
    slow, quick = json.dumps(message(show=[show(view="steps")])), json.dumps(message())
    for text, lane, answered in ((slow, "slow", True), (slow, "quick", False), (quick, "slow", False)):
        (answer,) = map(json.loads, answer_all([text], lane))
        assert ("shown" in answer) is answered
        assert answered or "lane" in answer["trouble"]
