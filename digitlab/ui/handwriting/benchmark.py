"""The benchmark of my hand: how well models read the user's drawings, and whether fine-tuning helped."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.data import PartName
from digitlab.data.handwriting_file import MyDrawing
from digitlab.formats import count, interval, percent
from digitlab.metrics.significance import disputed, say_disputed, wilson_interval
from digitlab.reading.comparison import Score, best_scores, recorded_score, score_of
from digitlab.runs.listing import Entry
from digitlab.runs.status import UNFINISHED
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain
from digitlab.ui.app.model_picker import by_id, colours, title
from digitlab.ui.app.visitor import may_change
from digitlab.ui.components.live_html import live_html
from digitlab.ui.components.styles import SCROLL, scrolling
from digitlab.ui.handwriting.mistakes import show_mistakes
from digitlab.ui.handwriting.readings import Answers, answers_of
from digitlab.ui.handwriting.selection import chosen_writer

_show = live_html(
    "digitlab.hand_benchmark",
    Path(__file__).parents[1] / "shared" / "table.css",
    Path(__file__).with_name("benchmark.css"),
    SCROLL,
)

_TABLE = "How well models read my handwriting"

_READERS = "readers"
_SEEN = "runs of my hand that were in the benchmark"
_WITHOUT_CHECKPOINTS, _MOST_OF_MINE = 4, 6
"""How many models are in the table at first: where no checkpoint is there, and of the newest runs of one's own hand."""

_HELP = (
    "Each model reads each drawing, prepared as Draw prepares it. The held-out ones are never learned from: they say "
    "how well a model reads your handwriting. With few drawings the 95 % interval below each figure is wide."
)
_NO_MODELS = "There is no model yet. Start one on the page Train, and how well it reads your handwriting appears here."
_COLUMNS = (
    ("Held-out drawings", "Accuracy on the drawings that no training sees."),
    ("All drawings", "Accuracy on all of them, also those to learn from."),
    ("MNIST", "Accuracy on MNIST's test images, as it was recorded after the training."),
    ("Pen digits", "Accuracy on pen digits of unseen people, as it was recorded after the training."),
)


def show_benchmark(everything: Sequence[MyDrawing], entries: Sequence[Entry]) -> None:
    """Choose models, and see their table and mistakes. A writer that the filter names is the only one who counts."""
    st.header("How well models read my handwriting", help=_HELP, anchor=False)
    chosen = _pick_models(entries)
    if not chosen:
        return
    writer = chosen_writer()
    drawings = [one for one in everything if writer in (None, one.writer)]
    with st.spinner("The models read your drawings.", show_time=True):
        found = answers_of(chosen, drawings)
    if found:
        _show(table_html(found, drawings), "hand benchmark")
        whose = f"Drawings by {plain(writer)} alone." if writer else "Drawings by everyone."
        st.caption(f"{whose} Bold: the best value of each column. Below each figure: its 95 % interval.")
        for line in before_and_after(found, drawings):
            st.markdown(line)
        show_mistakes(found, drawings)


def before_and_after(found: Sequence[Answers], drawings: Sequence[MyDrawing]) -> list[str]:
    """A line of Markdown for each model that learned from the drawings, if the one that it started from is there, too:
    what the held-out drawings say of both."""
    known, held_out = {one.entry.id: one for one in found}, PartName.TEST
    lines = []
    for one in found:
        start = known.get(one.entry.config.start_from)
        if start and one.learned and len(right := one.right(drawings, held_out)):
            was, title = start.right(drawings, held_out), plain(one.entry.title)
            said = say_disputed(disputed(was, right), plain(start.entry.title), title)
            lines.append(
                f"**{title}** started from **{plain(start.entry.title)}**. Of {_drawings(len(right))} held out, it "
                f"reads {_share(right)} right, against {_share(was)} before. {said}"
            )
    return lines


def _drawings(number: int) -> str:
    return "1 drawing" if number == 1 else f"{count(number)} drawings"


def _share(right: np.ndarray) -> str:
    """The number of right ones, with the interval of their share."""
    return f"{count(int(right.sum()))} ({interval(wilson_interval(int(right.sum()), len(right)), 1)})"


def _pick_models(entries: Sequence[Entry]) -> list[Entry]:
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return []
    known = by_id(entries)
    usual = [entry.id for entry in entries if entry.is_checkpoint] or list(known)[:_WITHOUT_CHECKPOINTS]
    of_mine = [entry.id for entry in entries if _is_of_mine(entry)][:_MOST_OF_MINE]
    usual += [name for name in of_mine if name not in usual]
    chosen: list[str] = st.multiselect(
        "Models in the table",
        list(known),
        placeholder="Choose models",
        **address.several(
            _READERS,
            known,
            usual,
            help="At first every checkpoint, and every run that learned from your drawings.",
            label=lambda name: title(known, name),
        ),
    )
    if not chosen:
        st.caption("Choose a model above, and how well it reads your handwriting appears here.")
    _show_new(of_mine, chosen)
    return [known[name] for name in chosen]


def _is_of_mine(entry: Entry) -> bool:
    """Whether a finished run, and no checkpoint, learned from the visitor's drawings, not from another's."""
    learned = not entry.is_checkpoint and entry.state not in UNFINISHED and "mine" in entry.config.data_names
    return learned and may_change(entry.run)


def _show_new(of_mine: Sequence[str], chosen: Sequence[str]) -> None:
    """Add the runs of one's own hand that finished since the last look to what had been chosen before."""
    known = st.session_state.get(_SEEN)
    st.session_state[_SEEN] = list(of_mine)
    new = [name for name in of_mine if known is not None and name not in known and name not in chosen]
    if new:
        address.write(_READERS, [*chosen, *new])
        address.rerun()


def table_html(found: Sequence[Answers], drawings: Sequence[MyDrawing]) -> str:
    """A line for each model, and in it four figures, each with its interval."""
    columns = [
        [score_of(one.right(drawings, PartName.TEST)) for one in found],
        [score_of(one.right(drawings)) for one in found],
        *([recorded_score(one.entry.run.results, data) for one in found] for data in ("mnist", "pen")),
    ]
    best = [best_scores(column) for column in columns]
    colour = colours([one.entry.id for one in found])
    heads = "".join(f'<th scope="col" title="{escape(words)}">{escape(name)}</th>' for name, words in _COLUMNS)
    lines = "".join(
        f'<tr><th scope="row"><i style="background:{colour[one.entry.id]}"></i>{escape(one.entry.title)}</th>'
        + "".join(
            _cell(column[row], row in best[number], one.learned and number == 1)
            for number, column in enumerate(columns)
        )
        + "</tr>"
        for row, one in enumerate(found)
    )
    return scrolling(
        f'<table aria-label="{_TABLE}"><thead><tr><td></td>{heads}</tr></thead><tbody>{lines}</tbody></table>', _TABLE
    )


def _cell(score: Score | None, is_best: bool, learned: bool) -> str:
    if score is None:
        return '<td title="Not recorded.">–</td>'
    note = "<small>learned from them</small>" if learned else ""
    return (
        f'<td title="{escape(score.in_words())}"><span class="{"best" if is_best else ""}">'
        f"{percent(score.accuracy, 2)}</span><small>{interval(score.interval, 1)}</small>{note}</td>"
    )
