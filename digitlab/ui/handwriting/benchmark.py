"""The benchmark of my hand: how well models read the user's drawings, and what they get wrong."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.data import PartName
from digitlab.data.handwriting_file import MyDrawing
from digitlab.errors import DigitlabError
from digitlab.formats import count, interval, percent
from digitlab.reading.comparison import Score, best_scores, recorded_score, score_of
from digitlab.runs.listing import Entry
from digitlab.runs.run import Run
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain, show_error
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.model_picker import by_id, colours, title
from digitlab.ui.app.readers import Stamp, predictor, stamp_of
from digitlab.ui.components.image_grid import Tile, image_grid
from digitlab.ui.components.live_html import live_html
from digitlab.ui.handwriting.selection import chosen_writer, images_of
from digitlab.ui.shared.pager import one_page
from digitlab.ui.shared.sent_image import open_in_draw

_FURTHEST_BACK = 8
"""Trainings that started from one another, followed so far."""


@dataclass(frozen=True)
class Answers:
    """A model's digits for the drawings, `int` of shape (N,). learned: whether it was trained on them."""

    entry: Entry
    said: np.ndarray
    learned: bool

    def right(self, drawings: Sequence[MyDrawing], part: PartName | None = None) -> np.ndarray:
        """Which of the drawings, or of one part of them, it reads right; `bool`."""
        chosen = np.array([part in (None, one.part) for one in drawings], bool)
        return (self.said == np.array([one.digit for one in drawings]))[chosen]


def answers_of(entries: Sequence[Entry], drawings: Sequence[MyDrawing]) -> list[Answers]:
    """The models' answers to the drawings; what is wrong with a model becomes one line."""
    images = images_of(drawings)
    fingerprint = hashlib.sha256(images.tobytes()).hexdigest()
    found = []
    for entry in entries:
        try:
            said = _said(entry.id, stamp_of(entry.id), fingerprint, images)
            found.append(Answers(entry, said, _has_learned(entry.run)))
        except DigitlabError as error:
            show_error(type(error)(f"{entry.title}: {error}"))
    return found


@st.cache_data(max_entries=64, show_spinner=False)
def _said(name: str, weights: Stamp, fingerprint: str, _images: np.ndarray) -> np.ndarray:  # noqa: ARG001  the cache's key
    return np.array([reading.digit for reading in predictor(name).read_all(_images)], int)


def _has_learned(run: Run) -> bool:
    """Whether the run, or one that it started from, was trained on the user's drawings."""
    for _ in range(_FURTHEST_BACK):
        config = run.config
        if "mine" in config.data.split("+"):
            return True
        if not config.start_from:
            return False
        try:
            run = catalogue().find(config.start_from)
        except DigitlabError:  # deleted since: nobody can tell any more
            return False
    return False


_PER_PAGE = 60


def show_mistakes(found: Sequence[Answers], drawings: Sequence[MyDrawing]) -> None:
    """Choose one of the models, and see what it reads wrong: the true digit → what it says."""
    known = {one.entry.id: one for one in found}
    address.forget_unless("mistakes-of", known)  # it may no longer be among the models above
    name: str = st.selectbox(
        "Mistakes of",
        list(known),
        format_func=lambda name: known[name].entry.title if name in known else name,
        width=320,
        help="The model whose mistakes are shown.",
        **address.choice("mistakes-of", known),
    )
    model = known[name]
    wrong = np.flatnonzero(~model.right(drawings))
    if not len(wrong):
        st.caption(f"{plain(model.entry.title)} reads all {count(len(drawings))} drawings right.")
        return
    st.caption(f"Read wrong: {count(len(wrong))} of {count(len(drawings))}. True digit → what it says; ○: held out.")
    _show_grid(model, drawings, wrong)


def _show_grid(model: Answers, drawings: Sequence[MyDrawing], wrong: np.ndarray) -> None:
    asked = address.asked("mistake")
    chosen = next((int(index) for index in wrong if drawings[index].id == asked), int(wrong[0]))
    page = one_page(wrong, _PER_PAGE, "mistakes-page")
    images = images_of([drawings[index] for index in page])
    tiles = [
        _tile(int(index), drawings[index], int(model.said[index]), image)
        for index, image in zip(page, images, strict=True)
    ]
    image_grid(tiles, chosen, "mistakes", lambda index: address.write("mistake", drawings[index].id))
    digit = drawings[chosen].digit
    open_in_draw(images_of([drawings[chosen]])[0], f"A {digit} from My handwriting", "open the mistake")


def _tile(index: int, drawing: MyDrawing, said: int, image: np.ndarray) -> Tile:
    digit, held_out = drawing.digit, drawing.part is PartName.TEST
    title = f"A {digit} by {drawing.writer}, read as {said}, {'held out' if held_out else 'to learn from'}"
    return Tile(index, image, f"{digit} → {said}{' ○' if held_out else ''}", title, wrong=True)


_TABLE = Path(__file__).parents[1] / "compare" / "comparison.css"
_show = live_html(
    "digitlab.hand_benchmark",
    Path(__file__).parents[1] / "shared" / "table.css",
    Path(__file__).with_name("benchmark.css"),
)

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


def show_benchmark(everything: Sequence[MyDrawing], entries: Sequence[Entry]) -> None:
    """Choose models, and see their table and mistakes. A writer that the filter names is the only one who counts."""
    st.subheader("The benchmark of my hand", help=_HELP, anchor=False)
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
        st.caption(f"{whose} Bold: the best of each column. Below each figure: its 95 % interval.")
        show_mistakes(found, drawings)


def _pick_models(entries: Sequence[Entry]) -> list[Entry]:
    if not entries:
        st.info(_NO_MODELS, icon=":material/model_training:")
        return []
    known = by_id(entries)
    usual = [entry.id for entry in entries if entry.is_checkpoint] or list(known)[:4]
    chosen: list[str] = st.multiselect(
        "Models that read my hand",
        list(known),
        format_func=lambda name: title(known, name),
        placeholder="Choose models",
        help="The models in the table; at first every checkpoint.",
        **address.several("readers", known, usual),
    )
    if not chosen:
        st.caption("Choose a model above, and how well it reads your hand appears here.")
    return [known[name] for name in chosen]


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
    return (
        '<div class="scroll"><table aria-label="How well models read my hand"><thead><tr><td></td>'
        f"{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _cell(score: Score | None, is_best: bool, learned: bool) -> str:
    if score is None:
        return '<td title="Not recorded.">–</td>'
    note = "<small>learned from them</small>" if learned else ""
    return (
        f'<td title="{escape(score.in_words())}"><span class="{"best" if is_best else ""}">'
        f"{percent(score.accuracy, 2)}</span><small>{interval(score.interval, 1)}</small>{note}</td>"
    )
