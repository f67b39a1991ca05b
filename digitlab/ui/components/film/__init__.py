"""Pictures of weights through the epochs, with a slider, a play button and the loss in step.

A component of our own (Streamlit's Components v2): all frames are in the browser, so that it plays smoothly. A plotly
figure with frames would do that, too, but could neither be told apart on a phone nor say which epoch is shown.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from digitlab.figures.style import BURD, BURD_ON_DARK
from digitlab.figures.training import COLOURS
from digitlab.ui.app import address
from digitlab.ui.components.signed_map import SIGNED_COLOURS, steps_of
from digitlab.ui.components.styles import SLIDER, styles

_HERE = Path(__file__).parent

PARTS_CSS = _HERE / "parts.css"
PARTS_JS = (*(_HERE / name for name in ("player.js", "frames.js", "loss_curve.js")), SIGNED_COLOURS)
"""Of a film: what other components take that go through epochs, too."""

CONTROLS = (_HERE / "controls.html").read_text(encoding="utf-8")
"""Slider and play button, as a `Player` of player.js drives them."""

_NARROW = 8
"""Columns on a phone, at most."""

_SHOWN = 0.999
"""Share of the values within the scale; a few larger ones would take the colour from all others."""

_component = st.components.v2.component(
    "digitlab.film",
    html=(_HERE / "film.html").read_text(encoding="utf-8").replace("<!-- controls -->", CONTROLS),
    css=styles(PARTS_CSS, _HERE / "film.css", SLIDER),
    js="".join(path.read_text(encoding="utf-8") for path in (_HERE / "film.js", *PARTS_JS)),
)


class LossCurve(NamedTuple):
    """The loss of a part, `training` or `validation`, by epoch."""

    name: str
    epochs: list[int]
    values: list[float]


@dataclass(frozen=True)
class Film:
    """What is shown; a film of one frame is a still, without slider and loss.

    name: changes whenever anything else does. frames: `float32` of shape (epochs, pictures, height, width).
    epochs: one per frame, rising. captions: one per picture. tile: what a picture is, such as `Digit`.
    meaning: what the colours say. hint: what can be done. chosen: the epoch whose weights are used, 0 when
    there is none.
    """

    name: str
    title: str
    frames: np.ndarray
    captions: Sequence[str]
    tile: str
    columns: int
    meaning: str
    hint: str
    epochs: Sequence[int] = (0,)
    curves: Sequence[LossCurve] = ()
    chosen: int = 0


def show_film(film: Film, key: str, *, epoch: int = 0, picked: int | None = None, picked_key: str = "") -> None:
    """Show a film from an epoch on; where it comes to rest goes into the address, as `epoch`.

    picked: the marked picture. picked_key: where in the address a clicked picture goes; empty when none is chosen.
    """
    data, known = _film_data(film, key), st.session_state.get(key) or {}
    # What the browser has said is known there: data that stays the same is not sent again.
    if known.get("epoch") != epoch:
        data["start"] = epoch
    if not picked_key or known.get("picked") != picked:
        data["picked"] = picked
    _component(
        key=key,
        data=data,
        on_epoch_change=lambda: _write(key, "epoch", "epoch"),
        on_picked_change=lambda: _write(key, "picked", picked_key),
    )


def _write(key: str, name: str, address_key: str) -> None:
    """Put what the browser said into the address, if it is a whole number."""
    value = st.session_state[key].get(name)
    if isinstance(value, int) and not isinstance(value, bool) and address_key:
        address.write(address_key, value)


def _film_data(film: Film, key: str) -> dict[str, Any]:
    """The packed film, made once as long as it stays the same."""
    memory = f"film of {key}"
    data: dict[str, Any] = st.session_state.get(memory, {})
    if data.get("film") != film.name:
        data = st.session_state[memory] = pack_film(film)
    return data


def pack_film(film: Film) -> dict[str, Any]:
    """The film as the browser gets it."""
    limit = float(np.quantile(np.abs(film.frames), _SHOWN)) or float(np.abs(film.frames).max()) or 1.0
    values = steps_of(film.frames, limit)
    return {
        "film": film.name,
        "title": film.title,
        "frames": base64.b64encode(values.tobytes()).decode(),
        "height": film.frames.shape[2],
        "width": film.frames.shape[3],
        "epochs": list(film.epochs),
        "captions": list(film.captions),
        "tile": film.tile,
        "columns": film.columns,
        "narrow": film.columns if film.columns <= _NARROW else _NARROW,
        "meaning": film.meaning,
        "hint": film.hint,
        "limit": limit,
        "low": -limit if film.frames.min() < 0 else 0,
        "light": list(BURD),
        "dark": list(BURD_ON_DARK),
        "curves": pack_curves(film.curves),
        "chosen": film.chosen,
    }


def pack_curves(curves: Sequence[LossCurve]) -> list[dict[str, Any]]:
    """Loss curves as the browser gets them, each in its colour; those without a value are left out."""
    return [{**curve._asdict(), "colour": COLOURS[curve.name]} for curve in curves if curve.values]
