"""What a browser may send: values of components, messages of the live socket, requests of scripts, addresses."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from digitlab.image.prepare import prepare_ink
from digitlab.ink.link import from_link, to_link
from digitlab.ink.strokes import Drawing
from digitlab.ui.app import api
from digitlab.ui.app.live_messages import answer_all
from digitlab.ui.components.canvas_tools import to_drawing, to_fabric
from digitlab.ui.components.drawing import checked_drawing, new_labels
from tests.fuzz.harness import Kind, Told
from tests.fuzz.mutants import VALUES, encoded, mutate_bytes, mutate_json, mutate_png, mutate_value
from tests.pages.driven_page import PAGES
from tests.ui.app.live_pen import SEVEN, canvas, message, show

ROOT = Path(__file__).parents[2]
_PAGES = ("draw", "train", "sweeps", "evaluate", "inside", "compare", "handwriting", "lessons")
_PATIENCE = 120
_PARAMETERS = (
    *("model", "models", "data", "run", "epoch", "layer", "digit", "figure", "tab", "sample", "zoom", "cell"),
    *("surface", "without", "page", "sort", "by", "ink", "form", "lock", "preparation", "picture", "lesson", "print"),
)


def _canvas_values() -> Sequence[Any]:
    path = to_fabric(Drawing(ink=SEVEN, pen_width=18.0))["objects"][0]
    moved = {**path, "angle": 30, "scaleX": 1.5, "scaleY": 0.5, "skewX": 10, "skewY": 5, "flipX": True}
    return [{"objects": [path]}, {"objects": [moved, path], "background": "#000", "version": "7"}]


def _read_canvas(value: Any, _folder: Path) -> object:
    drawing = to_drawing(value)
    return [drawing, prepare_ink(drawing.ink, drawing.pen_width).image.shape]


def _pad_values() -> Sequence[Any]:
    drawing = {"number": 3, "strokes": SEVEN, "penWidth": 18}
    return [drawing, {**drawing, "labels": [{"id": "a1", "digit": 7, "strokes": SEVEN, "penWidth": 20}]}]


def _read_pad(value: Any, folder: Path) -> object:
    drawing = checked_drawing(value)
    labels = new_labels(folder.name, value.get("labels"))
    prepare_ink(drawing.ink, drawing.pen_width)
    return [drawing, labels]


def _page(name: str) -> AppTest:
    app = AppTest.from_file(ROOT / "digitlab" / "ui" / "app" / "frame.py", default_timeout=_PATIENCE)
    return app if name == "draw" else app.switch_page(f"{PAGES}/{name}.py")


def _read_pad_page(value: Any, _folder: Path) -> object:
    app = _page("draw")
    app.session_state["pad"] = value
    return _lines(app.run())


def _pad_page_values() -> Sequence[Any]:
    return [{"drawing": value} for value in _pad_values()]


def _lines(app: AppTest) -> Sequence[Any]:
    """What a page says; an exception on it is a defect."""
    if app.exception:
        raise AssertionError(f"the page shows {app.exception[0].message!r:.200}")
    return [Told(str(one.value)) for one in (*app.error, *app.warning)]


def _messages() -> Sequence[str]:
    picture = {"picture": canvas(), "width": 280}
    answers = show(models=[["softmax", "softmax", "#4477AA"]])
    both = [answers, show(element="steps", view="steps", models=[["softmax", "softmax", "#4477AA"]])]
    return [
        json.dumps(message(show=[answers])),
        json.dumps(message(show=both)),
        json.dumps(message(show=[answers], drawing=picture)),
        json.dumps(message(show=[{**answers, "view": "number"}], drawing={**message()["drawing"], "width": 840})),
    ]


def _mutate_message(text: str, random: Random) -> str:
    if "picture" in text and random.random() < 0.5:
        value = json.loads(text)
        value["drawing"]["picture"] = base64.b64encode(mutate_png(base64.b64decode(canvas()), random)).decode()
        return json.dumps(value)
    return mutate_json(text, random)


def _read_message(text: str, _folder: Path) -> object:
    (answer,) = answer_all([text])
    value = json.loads(answer)
    if "trouble" in value:
        return Told(value["trouble"])
    return value


def _drawn(strokes: object, **changes: Any) -> str:
    answers = show(models=[["softmax", "softmax", "#4477AA"]])
    return json.dumps(message(drawing={"strokes": strokes, "penWidth": 18, "width": 280, **changes}, show=[answers]))


_MANY = [[[i * 7 % 280, i * 13 % 280] for i in range(20_000)]]


@lru_cache(1)
def _client() -> TestClient:
    return TestClient(Starlette(routes=list(api.ROUTES)), base_url="http://localhost:8501", client=("127.0.0.1", 9))


Body = tuple[bytes, str, str]
"""Content, its type, and the models asked."""


def _bodies() -> Sequence[Body]:
    drawing = json.dumps({"strokes": SEVEN, "penWidth": 18}).encode()
    picture = base64.b64decode(canvas())
    return [(drawing, "application/json", "softmax"), (picture, "image/png", "softmax")]


def _mutate_body(body: Body, random: Random) -> Body:
    content, kind, models = body
    match random.randrange(8):
        case 0:
            models = random.choice(("", ",", "cnn,,softmax", "x" * 500, "../softmax", "é\n", "a," * 9, "\x00"))
        case 1:
            kind = random.choice(("image/png", "application/json", "image/x", "text/plain; charset=utf-16"))
        case _ if kind == "image/png":
            content = mutate_png(content, random)
        case 2:
            content = mutate_bytes(content, random)
        case _:
            content = encoded(mutate_json(content.decode(), random))
    return content, kind, models


def _read_body(body: Body, _folder: Path) -> object:
    content, kind, models = body
    answer = _client().post("/api/read", content=content, headers={"content-type": kind}, params={"models": models})
    value = answer.json()
    if answer.status_code == 200:
        return value
    if answer.status_code >= 500:
        raise AssertionError(f"status {answer.status_code}: {value}")
    return Told(value["error"])


Address = Mapping[str, str]


def _addresses() -> Sequence[Address]:
    link = {"model": "softmax", "models": "softmax,cnn", "ink": to_link(Drawing(ink=SEVEN)), "form": "quick,epochs:3"}
    return [{"page": page, **link} for page in _PAGES]


def _mutate_address(address: Address, random: Random) -> Address:
    found = dict(address)
    for _ in range(random.choice((1, 2, 4))):
        text = str(random.choice(VALUES))[:5000].encode("utf-8", "replace").decode()  # as a server decodes an address
        joined = random.choice((text, f"softmax,{text}", f"{text},cnn", text * 2))
        key = random.choice(_PARAMETERS)
        edited = random.random() < 0.5 and key in found
        found[key] = mutate_bytes(found[key].encode(), random).decode("utf-8", "replace") if edited else joined
    return {**found, "page": address["page"]}


def _read_address(address: Address, _folder: Path) -> object:
    app = _page(address["page"])
    for key, value in address.items():
        if key != "page":
            app.query_params[key] = value
    found = _lines(app.run())
    if len(app.warning) > 1:
        raise AssertionError(f"{len(app.warning)} notices: {[one.value for one in app.warning]!r:.300}")
    return found


def _mutate_link(text: str, random: Random) -> str:
    head, body = text[:1], text[1:]
    if random.random() < 0.5:  # what is packed, so that the checksum is right
        data = zlib.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return head + base64.urlsafe_b64encode(zlib.compress(mutate_bytes(data, random))).decode().rstrip("=")
    return mutate_bytes(text.encode(), random).decode("utf-8", "replace")


def _read_link(text: str, _folder: Path) -> object:
    drawing = from_link(text)
    return [drawing, prepare_ink(drawing.ink, drawing.pen_width).image.shape]


def _small_app() -> None:
    import streamlit as st

    from digitlab.ui.app import address

    names = ["a", "b", "softmax"]
    st.selectbox("1", names, **address.choice("model", names))
    st.multiselect("2", names, **address.several("models", names, names[:2]))
    st.slider("3", **address.number("sample", 0.1, 5.0, 1.0), step=0.05)
    st.number_input("4", **address.number("epoch", 0, 100, 3))
    st.toggle("5", **address.switch("zoom"))
    st.pills("6", range(10), **address.choice("digit", range(10), optional=True))
    st.text(str(address.read("cell", ["1-2", "4-9"])))


def _read_choices(address: Address, _folder: Path) -> object:
    app = AppTest.from_function(_small_app, default_timeout=_PATIENCE)
    for key, value in address.items():
        app.query_params[key] = value
    return _lines(app.run())


def _choices() -> Sequence[Address]:
    return [{"page": "", "model": "a", "models": "a,b", "sample": "2.5", "epoch": "7", "zoom": "True", "digit": "4"}]


CANVAS = Kind(
    "values of the canvas with tools",
    _canvas_values,
    mutate_value,
    _read_canvas,
    {
        "a pen of a million pixels": lambda: {"objects": [{**_canvas_values()[0]["objects"][0], "strokeWidth": 1e6}]},
        "a hundred broad pens": lambda: {"objects": [{**_canvas_values()[0]["objects"][0], "strokeWidth": 1e4}] * 100},
        "objects that are none": lambda: {"objects": None},
        "an object that is none": lambda: {"objects": [None]},
        "a number": lambda: 1,
        "a width that is no number": lambda: {
            "objects": [{**_canvas_values()[0]["objects"][0], "strokeWidth": float("nan")}]
        },
    },
)
PAD = Kind(
    "values of the pad, with labels",
    _pad_values,
    mutate_value,
    _read_pad,
    {"labels that are a number": lambda: {**_pad_values()[0], "labels": 5}, "a number": lambda: 1},
)
PAD_PAGE = Kind(
    "the page Draw with such values",
    _pad_page_values,
    mutate_value,
    _read_pad_page,
    {"a drawing that is a number": lambda: {"drawing": 1}},
    every=100,
)
MESSAGES = Kind(
    "messages of the live socket",
    _messages,
    _mutate_message,
    _read_message,
    {
        "20,000 points": lambda: _drawn(_MANY),
        "20,000 points with the broadest pen": lambda: _drawn(_MANY, penWidth=100),
        "far away": lambda: _drawn([[[1e6, 1e6], [-1e6, -1e6]] * 9000], penWidth=100),
        "a picture that is a bomb": lambda: json.dumps(
            message(drawing={"picture": base64.b64encode(b"\x89PNG" * 40_000).decode(), "width": 280})
        ),
    },
)
LINKS = Kind(
    "drawings in links",
    lambda: [to_link(Drawing(ink=SEVEN, pen_width=18.0)), to_link(Drawing(ink=SEVEN * 9, pen_width=7.5))],
    _mutate_link,
    _read_link,
    {
        "a bomb": lambda: "1" + base64.urlsafe_b64encode(zlib.compress(b"\0" * 10**7, 9)).decode().rstrip("="),
        "far away": lambda: to_link(Drawing(ink=[[[1e6, 1e6], [-1e6, -1e6]] * 90], pen_width=100)),
    },
)
REQUESTS = Kind("requests to /api/read", _bodies, _mutate_body, _read_body)
CHOICES = Kind("choices in an address", _choices, _mutate_address, _read_choices, every=10)
ADDRESSES = Kind("addresses of pages", _addresses, _mutate_address, _read_address, every=100)
