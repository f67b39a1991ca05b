"""The second surface: streamlit-drawable-canvas, where strokes can be selected, moved, scaled and turned.

Its drawings are Fabric.js paths (written against Fabric 7), which become ink and back. A path has its points and, from
being moved about, a centre, an angle in degrees, scales, skews and flips. Where a point is seen:
centre + turn · scale · skew · (point - middle of the path's own box).
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from digitlab.errors import BadInk
from digitlab.formats import short
from digitlab.ink.strokes import CANVAS, MOST_POINTS, PEN_WIDTH, Drawing, check_ink, check_pen_width, nearest_pen_width
from digitlab.ui.components.canvas_toolbar import named_tools
from digitlab.ui.components.drawing import DigitLabel, OnLabel, remember_drawing, session_drawing
from digitlab.ui.components.remount import Start, mount_anew, mount_key, rerun_fragment, start_of

if TYPE_CHECKING:
    from streamlit_drawable_canvas import CanvasResult  # importing it declares a component, so it needs an app

_NO_CANVAS = "The browser sent no canvas that can be read. Load the page again."
_HINT = "Choose Move, then a stroke, to move, turn, scale or delete it. Choose Move again to draw on."


def canvas_with_tools(key: str, drawing_key: str | None = None, *, on_label: OnLabel | None = None) -> Drawing | None:
    """Show the canvas and give back what is drawn on it, or None while it is empty.

    key: the widget's key. drawing_key: the session's name of the drawing (default: the same key); surfaces that
    share it show the same drawing.
    on_label: is called for every drawing that the user says is a certain digit, and once more when that is taken back;
    if it gives back True, the canvas is then empty, or the drawing is there again. Without it there is no such row of
    digits.
    Raises BadInk when the browser sends something that is no ink.
    """
    drawing_key = drawing_key or key
    mount = mount_key(key)
    given = start_of(mount, lambda _last: _start(session_drawing(drawing_key)))
    with named_tools("canvas-with-tools"):
        result = show_canvas(
            mount,
            width=CANVAS,
            height=CANVAS,
            stroke_width=given["stroke_width"],
            stroke_color="#fff",
            background_color="#000",
            initial_drawing=given["drawing"],
        )
    st.caption(_HINT)
    drawing = to_drawing(result.json_data)
    if not drawing.ink:
        drawing = _emptied(session_drawing(drawing_key))
    remember_drawing(drawing_key, drawing)
    if on_label:
        _offer_labels(key, drawing_key, drawing, on_label)
    return drawing if drawing.ink else None


def show_canvas(key: str, **options: Any) -> CanvasResult:
    """Show streamlit-drawable-canvas and give back what is on it.

    options: of `st_canvas`. Raises BadInk when the browser sends what is no canvas: see `objects_of`.
    """
    from streamlit_drawable_canvas import st_canvas  # importing it declares a component, so it needs an app

    try:
        result = st_canvas(key=key, **options)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # it takes what the browser says on trust
        raise BadInk(_NO_CANVAS) from error
    objects_of(result.json_data)
    return result


def objects_of(fabric: object) -> Sequence[Mapping[str, Any]]:
    """The objects on a canvas, of any kind. fabric: what the canvas sent, None for nothing yet.

    Raises BadInk when it is no canvas, or holds what is no object or over 20,000 of them.
    """
    objects = fabric.get("objects", []) if isinstance(fabric, Mapping) else [] if fabric is None else None
    if not isinstance(objects, list) or not all(isinstance(one, Mapping) for one in objects):
        raise BadInk(_NO_CANVAS)
    if len(objects) > MOST_POINTS:
        raise BadInk(f"There are {len(objects):,} objects on the canvas; at most {MOST_POINTS:,} are read. Clear it.")
    return objects


def _offer_labels(key: str, drawing_key: str, drawing: Drawing, on_label: OnLabel) -> None:
    """Show the row of digits and, as long as nothing new is drawn, the way back from the last label."""
    digit, memory = _pick_label(key, drawing), f"last label on {key}"
    if drawing.ink:
        st.session_state.pop(memory, None)
    last: DigitLabel | None = st.session_state.get(memory)
    if digit is not None and drawing.ink:
        label = DigitLabel(secrets.token_hex(8), digit, drawing)
        if on_label(label):
            st.session_state[memory] = label
            _show_instead(key, drawing_key, _emptied(drawing))
    elif last and _takes_back(last) and on_label(replace(last, stands=False)):
        del st.session_state[memory]
        _show_instead(key, drawing_key, last.drawing)


def _takes_back(last: DigitLabel) -> bool:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Labelled {last.digit}", width="content")
        return st.button("Take it back", type="tertiary", help="Deletes it from My handwriting; the drawing returns.")


def _show_instead(key: str, drawing_key: str, drawing: Drawing) -> None:
    """Put another drawing onto the canvas."""
    remember_drawing(drawing_key, drawing)
    mount_anew(key)
    rerun_fragment()


def _emptied(drawing: Drawing) -> Drawing:
    """Nothing drawn, with the same pen."""
    return replace(drawing, ink=[])


def _pick_label(key: str, drawing: Drawing) -> int | None:
    """Show the row of digits, and give back the one that was just chosen; none is chosen in the next run.

    The canvas sends a stroke 200 ms after the pen is lifted: a label that comes sooner is for what was there before.
    """
    row = f"labels on {key}"
    digit: int | None = st.pills(
        "This is a",
        range(10),
        key=mount_key(row),
        disabled=not drawing.ink,
        wrap=True,
        help="Labels the drawing and adds it to My handwriting, to test and train models on your handwriting.",
    )
    if digit is not None:
        mount_anew(row)
    return digit


def _start(drawing: Drawing) -> Start:
    return {"drawing": to_fabric(drawing), "stroke_width": round(drawing.pen_width)}


_PER_CURVE = 6
"""Points that stand for one quadratic curve; free-hand paths are made of many short ones."""


def to_drawing(fabric: object) -> Drawing:
    """The free-hand paths of a canvas as they are seen now, moved, turned and scaled.

    fabric: as in `objects_of`. The pen width is the mean over the strokes, each scaled as its stroke was.
    Raises BadInk when it is no canvas, has over 20,000 points, or a path is not of the form that Fabric writes, its pen
    width from 1 to 100.
    """
    paths = [one for one in objects_of(fabric) if one.get("type") in ("Path", "path")]
    try:
        points = sum(_points(path["path"]) for path in paths)
        if points > MOST_POINTS:  # before each of them is looked at
            raise BadInk(f"The canvas holds {points:,} points; at most {MOST_POINTS:,} are read. Draw shorter strokes.")
        widths = [_width(path) for path in paths]
        ink = check_ink([_stroke(path).tolist() for path in paths])
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadInk("The canvas sent a path that cannot be read. Clear it and draw again.") from error
    return Drawing(ink=ink, pen_width=nearest_pen_width(float(np.mean(widths))) if widths else PEN_WIDTH)


def _points(commands: Sequence[Sequence[Any]]) -> int:
    """How many points a path becomes."""
    if not isinstance(commands, list):
        raise TypeError(short(commands))
    return sum(_PER_CURVE if command[0] == "Q" else 1 for command in commands)


def to_fabric(drawing: Drawing) -> dict[str, Any]:
    """A drawing as what a canvas starts with, one path per stroke."""
    return {"objects": [_path(stroke, drawing.pen_width) for stroke in drawing.ink]}


def _stroke(path: Mapping[str, Any]) -> np.ndarray:
    """The points of a path as they are seen, of shape (points, 2)."""
    points = _flatten(path["path"])
    middle = (points.min(0) + points.max(0)) / 2
    placed: np.ndarray = (points - middle) @ _matrix(path).T + [path["left"], path["top"]]
    return placed


def _flatten(commands: Sequence[Sequence[Any]]) -> np.ndarray:
    """Lines and quadratic curves as points. Raises KeyError for other commands."""
    points: list[np.ndarray] = []
    for name, *numbers in commands:
        pairs = np.array(numbers, np.float64).reshape(-1, 2)
        if name == "Q":
            t = np.linspace(0, 1, _PER_CURVE + 1)[1:, None]
            start, bend, end = points[-1], pairs[0], pairs[1]
            points.extend((1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end)
        elif name in ("M", "L"):
            points.append(pairs[0])
        else:
            raise KeyError(name)
    return np.array(points)


def _matrix(path: Mapping[str, Any]) -> np.ndarray:
    """What turns, scales, flips and skews the path, of shape (2, 2)."""
    angle = math.radians(path.get("angle", 0))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    flip_x, flip_y = (-1 if path.get(side) else 1 for side in ("flipX", "flipY"))
    scale = np.diag([path.get("scaleX", 1) * flip_x, path.get("scaleY", 1) * flip_y])
    skew_x = np.array([[1, math.tan(math.radians(path.get("skewX", 0)))], [0, 1]])
    skew_y = np.array([[1, 0], [math.tan(math.radians(path.get("skewY", 0))), 1]])
    if not all(np.isfinite(part).all() for part in (turn, scale, skew_x, skew_y)):
        raise ValueError("A path is turned, scaled or skewed by no finite number.")
    return np.asarray(turn @ scale @ skew_x @ skew_y)


def _width(path: Mapping[str, Any]) -> float:
    """The pen width of a stroke, scaled as it was: the pen's own is checked, but a stroke may be made as large as one
    likes."""
    return check_pen_width(path["strokeWidth"]) * math.sqrt(abs(np.linalg.det(_matrix(path))))


def _path(stroke: Sequence[Sequence[float]], width: float) -> dict[str, Any]:
    (x, y), *rest = stroke
    points = np.array(stroke)
    left, top = (points.min(0) + points.max(0)) / 2
    return {
        "type": "Path",
        # a dot needs a length to have round ends
        "path": [["M", x, y], *(["L", *point] for point in rest or [(x + 0.01, y)])],
        "left": float(left),
        "top": float(top),
        "originX": "center",
        "originY": "center",
        "fill": None,
        "stroke": "#fff",
        "strokeWidth": width,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
    }
