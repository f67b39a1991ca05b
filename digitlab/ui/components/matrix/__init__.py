"""The confusion matrix whose cells are chosen by a click, a tap or the keys.

A drawing of our own. In a plotly figure a cell can be reached by the pointer alone, and the first tap on a phone only
shows its numbers; here each cell is an element with a name, which a screen reader finds, too.
"""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.figures.confusion import FAINT, TITLES, label, mixed, shares_of
from digitlab.figures.style import ACCENT, WRONG
from digitlab.formats import count, percent
from digitlab.ui.components.styles import styles

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "digitlab.matrix",
    html='<div role="grid" aria-multiselectable="false" '
    'aria-label="Confusion matrix: true digits down, predicted digits across"></div>',
    css=styles(_HERE / "matrix.css"),
    js=(_HERE / "matrix.js").read_text(encoding="utf-8"),
)

_CELL, _GAP = 40, 2
_LEFT, _TOP = 46, 34
"""Units of the drawing: a cell with its gap, the gap, and where the cells begin."""

_WIDTH, _HEIGHT = _LEFT + 10 * _CELL + 2, _TOP + 10 * _CELL + 48
_DARK, _LIGHT = "#1c2030", "#ffffff"
_QUIET = 0.72
"""How much of the text's colour the numbers beside the cells have."""

Cell = tuple[int, int]
"""True digit, predicted digit."""


def matrix(
    counts: np.ndarray, mode: str, chosen: Cell | None, key: str, pick: Callable[[Cell], None], colours: tuple[str, str]
) -> None:
    """Show the matrix; `pick` gets the cell that is chosen.

    counts: shape (10, 10), true × predicted. mode: of `digitlab.metrics.confusion.MODES`. chosen: the cell that is
    framed. colours: of page and text, `#rrggbb`.
    """

    def picked() -> None:
        cell = st.session_state[key].get("picked")
        if isinstance(cell, str) and re.fullmatch(r"[0-9]-[0-9]", cell):
            pick((int(cell[0]), int(cell[2])))

    data = {"html": matrix_svg(counts, mode, *colours), "chosen": chosen and name_of(chosen)}
    _component(key=key, data=data, on_picked_change=picked)


def name_of(cell: Cell) -> str:
    """The cell as the address writes it."""
    return f"{cell[0]}-{cell[1]}"


def matrix_svg(counts: np.ndarray, mode: str, page: str, text: str) -> str:
    """The matrix as SVG with all its colours in it, so that it can be saved as it is.

    Right answers and mistakes have a colour and a scale each, or the mistakes of a good model could not be seen.
    """
    shares = shares_of(counts)
    values = shares if mode == "shares" else counts.astype(float)
    is_right = np.eye(10, dtype=bool)
    largest = {right: float(values[is_right == right].max()) or 1.0 for right in (True, False)}
    rows = ""
    for true in range(10):
        cells = ""
        for predicted in range(10):
            right = true == predicted
            left_out = right and mode == "errors"
            value = float(values[true, predicted])
            share = FAINT + (1 - FAINT) * value / largest[right]
            fill = page if left_out else mixed(page, ACCENT if right else WRONG, share)
            written = "" if left_out else label(value, mode)
            words = describe_cell(int(counts[true, predicted]), float(shares[true, predicted]), (true, predicted))
            cells += _cell((true, predicted), fill, written, words)
        rows += f'<g role="row">{cells}</g>'
    return (
        f'<svg class="figure" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="none" font-family="Source Sans, sans-serif" '
        f'font-size="14">{_names(TITLES[mode], mixed(page, text, _QUIET), text)}{rows}</svg>'
    )


def describe_cell(images: int, share: float, cell: Cell) -> str:
    """What a cell says: true 4, read as 9: 12 images, 1.22 % of all 4s."""
    true, predicted = cell
    verdict = f"true {true}, read as {predicted}" if true != predicted else f"true {true}, read right"
    return f"{verdict}: {count(images)} {'image' if images == 1 else 'images'}, {percent(share, 2)} of all {true}s"


def _cell(cell: Cell, fill: str, written: str, words: str) -> str:
    x, y = _LEFT + cell[1] * _CELL, _TOP + cell[0] * _CELL
    side = _CELL - _GAP
    return (
        f'<g role="gridcell" tabindex="-1" aria-selected="false" data-cell="{name_of(cell)}" '
        f'aria-label="{escape(words)}"><title>{escape(words)}</title>'
        f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="3" fill="{fill}"></rect>'
        f'<text aria-hidden="true" x="{x + side / 2}" y="{y + side / 2 + 5}" text-anchor="middle" '
        f'fill="{_readable_on(fill)}">{written}</text></g>'
    )


def _names(title: str, quiet: str, text: str) -> str:
    """Title, the digits beside and below the cells, and the names of the axes."""
    middle = 10 * _CELL / 2
    digits = "".join(
        f'<text x="{_LEFT - 12}" y="{_TOP + digit * _CELL + 24}" text-anchor="middle">{digit}</text>'
        f'<text x="{_LEFT + digit * _CELL + 19}" y="{_TOP + 10 * _CELL + 16}" text-anchor="middle">{digit}</text>'
        for digit in range(10)
    )
    return (
        f'<text aria-hidden="true" x="{_LEFT}" y="18" font-size="15" font-weight="600" fill="{text}">{title}</text>'
        f'<g aria-hidden="true" fill="{quiet}">{digits}'
        f'<text x="{_LEFT + middle}" y="{_TOP + 10 * _CELL + 38}" text-anchor="middle">predicted digit</text>'
        f'<text transform="translate(14 {_TOP + middle}) rotate(-90)" text-anchor="middle">true digit</text></g>'
    )


def _readable_on(fill: str) -> str:
    """Dark or light text, whichever has the higher contrast on a colour, `#rrggbb`."""
    under = _luminance(fill)
    on_dark, on_light = (_luminance(_LIGHT) + 0.05) / (under + 0.05), (under + 0.05) / (_luminance(_DARK) + 0.05)
    return _LIGHT if on_dark > on_light else _DARK


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, in 0..1."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
