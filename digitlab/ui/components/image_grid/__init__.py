"""Many small images, one of which can be chosen by a click. A component of our own: one message for all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.formats import png_address
from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.image_grid",
    html='<div class="grid" role="group"></div>',
    css=styles(_HERE / "image_grid.css"),
    js=(_HERE / "image_grid.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Tile:
    """An image of the grid. index: what a click gives back. image: `uint8` of shape (28, 28), or None.

    words: below it, plain text. title: for the pointer and for screen readers. wrong: whether it is a mistake.
    """

    index: int
    image: np.ndarray | None
    words: str
    title: str
    wrong: bool = False


def image_grid(tiles: Sequence[Tile], chosen: int | None, key: str, pick: Callable[[int], None]) -> None:
    """Show the tiles; `pick` gets the index of the one that is clicked. chosen: the index of the one that is framed."""

    def picked() -> None:
        index = st.session_state[key].get("picked")
        if type(index) is int and any(tile.index == index for tile in tiles):
            pick(index)

    _component(key=key, data={"html": "".join(map(_html, tiles)), "chosen": chosen}, on_picked_change=picked)


def _html(tile: Tile) -> str:
    title = escape(tile.title)
    picture = '<i class="nothing"></i>' if tile.image is None else f'<img src="{png_address(tile.image)}" alt="">'
    return (
        f'<button type="button" value="{tile.index}" class="{"wrong" if tile.wrong else "right"}" title="{title}"'
        f' aria-label="{title}">{picture}<span>{escape(tile.words)}</span></button>'
    )
