"""Many small images, one of which can be chosen by a click. A component of our own: one message for all of them."""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.image_grid",
    html='<div class="grid" role="group"></div>',
    css=(_HERE / "image_grid.css").read_text(encoding="utf-8"),
    js=(_HERE / "image_grid.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Tile:
    """An image of the grid. place: what a click gives back. image: `uint8` of shape (28, 28), or None.

    words: below it, plain text. title: for the pointer and for screen readers. wrong: whether it is a mistake.
    """

    place: int
    image: np.ndarray | None
    words: str
    title: str
    wrong: bool = False


def image_grid(tiles: Sequence[Tile], chosen: int | None, key: str, pick: Callable[[int], None]) -> None:
    """Show the tiles; `pick` gets the place of the one that is clicked. chosen: the place of the one that is framed."""

    def picked() -> None:
        place = st.session_state[key].get("picked")
        if isinstance(place, int) and any(tile.place == place for tile in tiles):
            pick(place)

    _component(key=key, data={"html": "".join(map(_html, tiles)), "chosen": chosen}, on_picked_change=picked)


def png_source(image: np.ndarray) -> str:
    """A picture of grey values, `uint8` of shape (height, width), as an address that holds all of it."""
    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"


def _html(tile: Tile) -> str:
    title = escape(tile.title)
    picture = '<i class="nothing"></i>' if tile.image is None else f'<img src="{png_source(tile.image)}" alt="">'
    return (
        f'<button type="button" value="{tile.place}" class="{"wrong" if tile.wrong else "right"}" title="{title}"'
        f' aria-label="{title}">{picture}<span>{escape(tile.words)}</span></button>'
    )
