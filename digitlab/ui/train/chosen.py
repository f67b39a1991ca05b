"""The chosen run, below the table: what can be done with it, its curves, and what it learned."""

from collections.abc import Sequence

import streamlit as st

from digitlab.data.dataset import data_title
from digitlab.figures.training import PANELS, curve_figure, points
from digitlab.formats import count, interval, percent
from digitlab.metrics.significance import Disputed, say_disputed
from digitlab.runs.history import history_so_far
from digitlab.runs.listing import Entry
from digitlab.runs.owner import may_see_score
from digitlab.runs.results import Figures
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.ui.app.callouts import errors_shown, plain
from digitlab.ui.app.visitor import visitor
from digitlab.ui.shared.plots import show_plot
from digitlab.ui.train.actions import show_actions
from digitlab.ui.train.cards import show_log
from digitlab.ui.train.learned import show_learned
from digitlab.ui.train.states import Line, entry_in_words, reason

_NONE = (
    "Choose a row to see its curves and what can be done with the run: rename, star, clone, resume, download, delete."
)


def show_chosen(run: Run | None, entries: Sequence[Entry], line: Line) -> None:
    """Show the run, or what will be here once one is chosen. line: the runs that wait for a slot."""
    entry = next((entry for entry in entries if run is not None and entry.id == run.id), None)
    if entry is None:
        st.caption(_NONE)
        return
    st.header(plain(entry.title), anchor=False)
    st.caption(f"`{entry.id}` · {plain(_summary(entry, line))}")
    show_notes(entry)
    said = reason(entry.state, entry.status.message)
    if said and entry.state not in UNFINISHED:
        st.warning(plain(said), icon=":material/info:")
    show_actions(entry)
    if entry.state in UNFINISHED:
        st.caption("It is under way: its card and its curves are at the top of the page.")
        return
    with errors_shown():
        _show_finished(entry)


def _summary(entry: Entry, line: Line) -> str:
    config, words = entry.config, entry_in_words(entry, line)
    return f"{config.model} on {data_title(config.data)}, {entry.status.epoch} of {config.epochs} epochs, {words}"


def show_notes(entry: Entry) -> None:
    """The run's tags and notes, where it has any; what people wrote stays text."""
    if entry.tags:
        st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in entry.tags))
    if entry.notes:
        st.text(entry.notes)


def _show_finished(entry: Entry) -> None:
    """Curves, and what was learned. Raises BadRun when a file is damaged."""
    run, status, epochs = entry.run, entry.status, entry.config.epochs
    show_before_after(run)
    records = history_so_far(run.history_file)
    if records:
        for pair in (PANELS[:2], PANELS[2:]):
            for column, panel in zip(st.columns(2), pair, strict=True):
                curves = points(panel, records, status.steps / epochs if epochs else 0.0)
                figure = curve_figure(panel, curves, status.chosen_epoch if len(panel.curves) > 1 else None)
                with column:
                    show_plot(figure, f"{panel.title.lower()} curve", run.id)
    else:
        st.caption("It has no curves: no epoch was trained.")
    show_learned(run)
    if not entry.is_checkpoint:
        show_log(run)


def show_before_after(run: Run) -> None:
    """Two figures with their intervals for each data set; nothing for a run that started fresh.

    Raises BadRun when the results are damaged.
    """
    results = run.results
    before, after = results.get("before"), results.get("test")
    if not before or not after:
        return
    st.header("Before and after", anchor=False)
    with st.container(horizontal=True):
        for data in after:
            if data in before and may_see_score(visitor(), run, data):
                _show(data_title(data), before[data], after[data])
    st.caption(
        f"It started from {plain(run.config.start_from)}. Test parts only: drawings and images that neither of the two "
        "has learned from. Below each figure its 95 % interval. If the accuracy on MNIST fell, the model forgot "
        "some of it."
    )


def _show(title: str, before: Figures, after: Figures) -> None:
    was, now = before["accuracy"], after["accuracy"]
    change = f"{100 * (now - was):+.2f} percentage points"
    same = was == now
    with st.container(border=True, width=300):
        st.metric(
            title,
            percent(now, 2),
            "no change" if same else change,
            delta_color="off" if same else "normal",
            delta_arrow="off" if same else "auto",
            width="content",
            help=f"Before: {percent(was, 2)}. After: {percent(now, 2)} of {count(after['images'])} images.",
        )
        st.caption(
            f"Before {percent(was, 2)} ({interval(before['interval'], 1)}), after {percent(now, 2)} "
            f"({interval(after['interval'], 1)}). {_say_paired(before)}"
        )


def _say_paired(before: Figures) -> str:
    """What the images say that only one of the two reads right; empty for runs that did not count them."""
    if "only_before" not in before or "only_after" not in before:
        return ""
    return say_disputed(Disputed(before["only_before"], before["only_after"]), "before", "after")
