"""Pictures of signed values as markup that `signed_map.js` paints in the theme's colours, small ones and one to read.

For views of the live channel: the script has `drawValue`, whose values are `{"html": markup, "next": parameters}`. The
markup lies in a `div` with `PALETTE` as its attributes. `next`: what the view is asked once the drawing has rested.
"""

import base64
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from digitlab.figures.style import BURD, BURD_ON_DARK
from digitlab.formats import signed

_HERE = Path(__file__).parent

SIGNED_COLOURS = _HERE / "signed_colours.js"
SCRIPTS = (SIGNED_COLOURS, _HERE / "signed_map.js")
STYLE = _HERE / "signed_map.css"

PALETTE = f'data-light="{",".join(BURD)}" data-dark="{",".join(BURD_ON_DARK)}"'

_STEPS = 127
"""A small picture's value is sent as one of -127 to 127: finer could not be told apart as a colour."""


def asking(parameters: Mapping[str, Any]) -> str:
    """The attribute of a button that changes a view's parameters."""
    return f"data-ask='{_in_quotes(parameters)}'"


def steps_of(values: np.ndarray, limit: float) -> np.ndarray:
    """Values as the browser gets them, `int8` from -127 to 127 for ±limit."""
    steps: np.ndarray = np.round(np.clip(values / limit, -1, 1) * _STEPS).astype(np.int8)
    return steps


def small_map(values: np.ndarray, limit: float) -> str:
    """A small picture of shape (height, width); ±limit in the full colours."""
    return f'<canvas{_size(values)} data-steps="{_packed(steps_of(values, limit))}"></canvas>'


def large_map(
    values: np.ndarray,
    limit: float,
    name: str,
    hint: str,
    *,
    ink: np.ndarray | None = None,
    outlined: np.ndarray | None = None,
    asks: Mapping[str, Any] | None = None,
    marked: tuple[int, int] | None = None,
) -> str:
    """A large picture whose pixels are read by pointing, tapping or the arrow keys; the line below it says the value.

    name, hint: what it shows, and what the line says before; both plain text. ink: of the same shape, in 0..1; the
    values are then weights, the picture shows ink × weight, and the line says all three. outlined: an image, `uint8`,
    whose ink is outlined over it. asks: parameters that change with each pixel pointed at, to which `row` and `column`
    are added; the server then says what is there, and marked is (row, column) of the pixel that it speaks of.
    """
    more = "" if ink is None else f' data-ink="{_packed(ink.astype("<f4"))}"'
    asked = "" if asks is None else f" data-pixel='{_in_quotes(asks)}'"
    at = "hidden" if marked is None else f'style="{_place(marked, values.shape)}"'
    return (
        f'<div class="map" tabindex="0" role="img" aria-label="{escape(name)}. Arrow keys move from pixel to pixel."'
        f'{asked}><canvas{_size(values)} data-floats="{_packed(values.astype("<f4"))}" data-limit="{limit:.6g}"{more}>'
        f"</canvas>{'' if outlined is None else _outline(outlined)}"
        f'<i class="pixel" {at}></i></div><p class="tip" role="status" data-hint="{escape(hint)}">{escape(hint)}</p>'
    )


def scale(limit: float, meaning: str, *, is_signed: bool = True) -> str:
    """The colours with the values at their ends, and what they mean, in plain text."""
    stops = [f"light-dark({light},{dark})" for light, dark in zip(BURD, BURD_ON_DARK, strict=True)]
    shown = stops if is_signed else stops[len(stops) // 2 :]
    low = signed(-limit) if is_signed else "0"
    return (
        f'<p class="scale"><span>{low}</span><i style="background:linear-gradient(to right,{",".join(shown)})"></i>'
        f'<span>{signed(limit)}</span><span class="meaning">{escape(meaning)}</span></p>'
    )


def _in_quotes(parameters: Mapping[str, Any]) -> str:
    """As JSON for an attribute in single quotes: its own are double ones, which would take six letters each."""
    text = json.dumps(dict(parameters), separators=(",", ":"))
    return escape(text, quote=False).replace("'", "&#39;")


def _size(values: np.ndarray) -> str:
    return f' width="{values.shape[1]}" height="{values.shape[0]}"'


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def _place(pixel: tuple[int, int], shape: tuple[int, ...]) -> str:
    (row, column), (height, width) = pixel, shape[-2:]
    return (
        f"left:{100 * column / width:.3f}%;top:{100 * row / height:.3f}%;"
        f"width:{100 / width:.3f}%;height:{100 / height:.3f}%"
    )


def _outline(image: np.ndarray) -> str:
    """The edges between pixels of more and of less than half ink, as lines over the picture."""
    inked = np.pad(image > 127, 1)
    across = np.argwhere(inked[1:, 1:-1] != inked[:-1, 1:-1])
    down = np.argwhere(inked[1:-1, 1:] != inked[1:-1, :-1])
    path = "".join(f"M{x} {y}h1" for y, x in across) + "".join(f"M{x} {y}v1" for y, x in down)
    height, width = image.shape
    return f'<svg viewBox="0 0 {width} {height}" aria-hidden="true"><path d="{path}"/></svg>'
