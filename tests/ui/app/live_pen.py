"""What a pen sends over the live channel, and what it should never send."""

import base64
import io
import json
from typing import Any

from PIL import Image

from digitlab.ui.app.live_messages import LARGEST

SEVEN = [[[60, 60], [200, 60], [120, 230]]]
CNN = ["cnn", "cnn", "#4477AA"]
HOST = {"host": "localhost:8501"}


def message(**changes: Any) -> dict[str, Any]:
    return {
        "number": 7,
        "drawing": {"strokes": SEVEN, "penWidth": 18, "width": 280},
        "show": [{"element": "answers", "view": "answers", "models": [CNN], "without": [], "decides": ""}],
        **changes,
    }


def show(**changes: Any) -> dict[str, Any]:
    return {**message()["show"][0], **changes}


def canvas(size: tuple[int, int] = (280, 280)) -> str:
    picture = Image.new("RGB", size)
    picture.paste((255, 255, 255), (120, 60, 140, 220))
    picture.paste((178, 204, 255), (20, 20, 30, 30))  # a handle
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


BAD = {
    "no JSON": "{",
    "no object": "[1]",
    "a number": "5",
    "too deep": "[" * 100_000,
    "no number": json.dumps({**message(), "number": None}),
    "a huge number": json.dumps(message(number=10**400)),
    "no drawing": json.dumps(message(drawing=None)),
    "strokes that are none": json.dumps(message(drawing={"strokes": {"a": 1}, "penWidth": 18})),
    "points that are none": json.dumps(message(drawing={"strokes": [[["a", 1]]], "penWidth": 18})),
    "a point at infinity": json.dumps(message(drawing={"strokes": [[[1e999, 1]]], "penWidth": 18})),
    "too many points": json.dumps(message(drawing={"strokes": [[[1, 1]] * 20_001], "penWidth": 18})),
    "a broad pen": json.dumps(message(drawing={"strokes": SEVEN, "penWidth": 1e6})),
    "a pen of NaN": json.dumps(message(drawing={"strokes": SEVEN, "penWidth": float("nan")})),
    "a wide canvas": json.dumps(message(drawing={"strokes": SEVEN, "penWidth": 18, "width": 10**9})),
    "no view": json.dumps(message(show=[])),
    "too many views": json.dumps(message(show=[show()] * 7)),
    "an unknown view": json.dumps(message(show=[show(view="taste")])),
    "a view that is a list": json.dumps(message(show=[show(view=["answers"])])),
    "too many models": json.dumps(message(show=[show(models=[CNN] * 9)])),
    "a model that is a string": json.dumps(message(show=[show(models=["cnn"])])),
    "a colour with code": json.dumps(message(show=[show(models=[["cnn", "cnn", 'red"><script>']])])),
    "unknown steps": json.dumps(message(show=[show(without=["dance"])])),
    "steps that are none": json.dumps(message(show=[show(without=[["crop"]])])),
    "a name with line breaks": json.dumps(message(show=[show(element="a\nb")])),
    "a surrogate": json.dumps(message(show=[show(element="\ud800")])),
    "parameters that are none": json.dumps(message(show=[show(parameters=[1])])),
    "a parameter that is an object": json.dumps(message(show=[show(parameters={"digit": {}})])),
    "a parameter that is a number without end": json.dumps(message(show=[show(parameters={"digit": 1e999})])),
    "too many parameters": json.dumps(message(show=[show(parameters={str(n): n for n in range(25)})])),
    "an image that is none": json.dumps(message(drawing={"image": 5})),
    "an image of another size": json.dumps(message(drawing={"image": canvas((29, 28))})),
    "no picture": json.dumps(message(drawing={"picture": "####"})),
    "a picture that is a number": json.dumps(message(drawing={"picture": 5})),
    "a large picture": json.dumps(message(drawing={"picture": canvas((2000, 10))})),
    "too long": json.dumps(message(padding="x" * LARGEST)),
}
