"""The benchmark of my hand: how well models read the kept drawings, beside their figures on MNIST and pen digits."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from digitlab.compare.hand import Score, best_places, recorded_score, score_of
from digitlab.data.mine import KeptDrawing
from digitlab.data.part_names import PartName
from digitlab.figures.numbers import percent
from digitlab.runs.catalog import ModelEntry
from digitlab.ui import address
from digitlab.ui.callouts import plain
from digitlab.ui.handwriting.answers import Answers, answers_of
from digitlab.ui.handwriting.filters import chosen_writer
from digitlab.ui.handwriting.mistakes import show_mistakes
from digitlab.ui.live_html import live_html
from digitlab.ui.model_picker import colours, shown_name
from digitlab.ui.styles import styles

_TABLE = Path(__file__).parents[1] / "compare" / "comparison.css"
_show = live_html("digitlab.hand_benchmark", styles(_TABLE, Path(__file__).with_name("benchmark.css")))

_HELP = (
    "Each model reads each drawing, prepared as Draw prepares it. The held-out ones are never learned from: they say "
    "how well a model reads your hand. With few drawings the 95 % interval below each figure is wide."
)
_NO_MODELS = "There is no model yet. Start one on the page Train, and how well it reads your hand appears here."
_COLUMNS = (
    ("Held-out drawings", "Accuracy on the drawings that no training sees."),
    ("All drawings", "Accuracy on all of them, also those to learn from."),
    ("MNIST", "Accuracy on MNIST's test part, as it was recorded after the training."),
    ("Pen digits", "Accuracy on pen digits of unseen writers, as it was recorded after the training."),
)


def show_benchmark(kept: Sequence[KeptDrawing], entries: Sequence[ModelEntry]) -> None:
    """Choose models, and see their table and mistakes. A writer that the filter names is the only one who counts."""
    st.subheader("The benchmark of my hand", help=_HELP, anchor=False)
    chosen = _pick_models(entries)
    if not chosen:
        return
    writer = chosen_writer()
    drawings = [one for one in kept if writer in (None, one.drawing.writer)]
    with st.spinner("The models read your drawings.", show_time=True):
        found = answers_of(chosen, drawings)
    if found:
        _show(table_html(found, drawings), "hand benchmark")
        whose = f"Drawings by {plain(writer)} alone." if writer else "Drawings by everyone."
        st.caption(f"{whose} Bold: the best of each column. Below each figure: its 95 % interval.")
        show_mistakes(found, drawings)


def _pick_models(entries: Sequence[ModelEntry]) -> list[ModelEntry]:
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return []
    known = {entry.name: entry for entry in entries}
    usual = [entry.name for entry in entries if entry.kind == "checkpoint"] or list(known)[:4]
    chosen: list[str] = st.multiselect(
        "Models that read my hand",
        list(known),
        format_func=lambda name: shown_name(known[name]) if name in known else name,
        placeholder="Choose models",
        help="The models in the table; at first every checkpoint.",
        **address.several("readers", known, usual),
    )
    if not chosen:
        st.caption("Choose a model above, and how well it reads your hand appears here.")
    return [known[name] for name in chosen]


def table_html(found: Sequence[Answers], drawings: Sequence[KeptDrawing]) -> str:
    """A line for each model, and in it four figures, each with its interval."""
    columns = [
        [score_of(one.right(drawings, PartName.TEST)) for one in found],
        [score_of(one.right(drawings)) for one in found],
        *([recorded_score(one.run.results, data) for one in found] for data in ("mnist", "pen")),
    ]
    best = [best_places(column) for column in columns]
    colour = colours([one.entry.name for one in found])
    heads = "".join(f'<th scope="col" title="{escape(words)}">{escape(name)}</th>' for name, words in _COLUMNS)
    lines = "".join(
        f'<tr><th scope="row"><i style="background:{colour[one.entry.name]}"></i>{escape(shown_name(one.entry))}</th>'
        + "".join(
            _cell(column[place], place in best[number], one.learned and number == 1)
            for number, column in enumerate(columns)
        )
        + "</tr>"
        for place, one in enumerate(found)
    )
    return (
        '<div class="scroll"><table aria-label="How well models read my hand"><thead><tr><td></td>'
        f"{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _cell(score: Score | None, is_best: bool, learned: bool) -> str:
    if score is None:
        return '<td title="Not recorded.">–</td>'
    low, high = score.interval
    note = "<small>learned from them</small>" if learned else ""
    return (
        f'<td title="{escape(score.in_words())}"><span class="{"best" if is_best else ""}">'
        f"{percent(score.accuracy, 2)}</span><small>{100 * low:.1f} to {100 * high:.1f}</small>{note}</td>"
    )
