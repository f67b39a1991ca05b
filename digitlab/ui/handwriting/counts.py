"""How many drawings are kept: in all, of each digit, and what they are for."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from digitlab.data.mine import KeptDrawing
from digitlab.data.part_names import PartName
from digitlab.figures.numbers import count
from digitlab.ui.live_html import live_html
from digitlab.ui.sent_image import DRAW_PAGE

_show = live_html("digitlab.handwriting_counts", (Path(__file__).parent / "counts.css").read_text(encoding="utf-8"))

_WHAT = (
    "Digits that you drew and labelled on Draw. Models can learn from them (choose the data set My handwriting in the "
    "training form), and every third drawing of a digit is held out, to see how well they read your hand."
)
_EMPTY = (
    "Nothing is kept yet. Draw a digit on Draw and say which one it was: it is kept, and appears here. You can also "
    "bring in an ink file below."
)


def show_nothing_yet() -> None:
    """What will be here, and the way to it."""
    st.caption(_WHAT)
    st.info(_EMPTY, icon=":material/gesture:")
    _link_to_draw("Go to Draw")


def show_counts(kept: Sequence[KeptDrawing]) -> None:
    """What this is, the totals, and a bar for each digit."""
    st.caption(_WHAT)
    _show(counts_html(kept), "counts")
    _link_to_draw("Draw more")


def counts_html(kept: Sequence[KeptDrawing]) -> str:
    """Totals as a list of figures, and ten bars whose dark part is what models learn from."""
    writers = len({one.drawing.writer for one in kept})
    held_out = sum(one.part is PartName.TEST for one in kept)
    totals = (
        ("", "drawing" if len(kept) == 1 else "drawings", len(kept)),
        ("", "writer" if writers == 1 else "writers", writers),
        ("trains", "to learn from", len(kept) - held_out),
        ("held", "held out", held_out),
    )
    figures = "".join(
        f'<div><dd>{count(number)}</dd><dt class="{kind}">{name}</dt></div>' for kind, name, number in totals
    )
    return f'<dl class="totals">{figures}</dl><ol class="digits" aria-label="Drawings of each digit">{_bars(kept)}</ol>'


def _bars(kept: Sequence[KeptDrawing]) -> str:
    total = Counter(one.drawing.digit for one in kept)
    trains = Counter(one.drawing.digit for one in kept if one.part is PartName.TRAIN)
    most = max(total.values(), default=1)
    return "".join(
        f'<li title="{digit}: {count(total[digit])}, of which {count(total[digit] - trains[digit])} held out">'
        f'<span class="number">{count(total[digit])}</span><span class="column">'
        f'<i class="held" style="height:{100 * (total[digit] - trains[digit]) / most:.1f}%"></i>'
        f'<i class="trains" style="height:{100 * trains[digit] / most:.1f}%"></i></span><b>{digit}</b></li>'
        for digit in range(10)
    )


def _link_to_draw(label: str) -> None:
    st.page_link(
        DRAW_PAGE, label=label, icon=":material/draw:", help="Opens Draw, where drawings are labelled and kept."
    )
