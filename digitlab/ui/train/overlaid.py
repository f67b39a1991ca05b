"""Several runs' curves over each other, also of those that are still learning."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.figures.style import model_colour
from digitlab.figures.training import PANELS, Point, points
from digitlab.runs.history import history_so_far
from digitlab.runs.listing import Entry
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.ui.app.callouts import plain
from digitlab.ui.app.model_picker import by_id
from digitlab.ui.train.curves import ask_smoothing, show_chart
from digitlab.ui.train.live import EVERY

_PANELS = [panel for panel in PANELS if panel.noisy]


def show_overlaid(ids: Sequence[str], entries: Sequence[Entry]) -> None:
    """Loss and accuracy of the runs, a colour each, and looked at again as long as one of them is under way."""
    runs = by_id(entry for entry in entries if entry.id in ids)
    chosen = [runs[run_id] for run_id in ids if run_id in runs]
    st.header("Curves over each other", anchor=False)
    under_way = any(entry.state in UNFINISHED for entry in chosen)
    st.fragment(_charts, run_every=EVERY if under_way else None)(chosen)


def _charts(entries: Sequence[Entry]) -> None:
    smoothing = ask_smoothing("overlaid")
    names = {entry.id: entry.title for entry in entries}
    records = {entry.id: history_so_far(entry.run.history_file) for entry in entries}
    if without := [names[entry.id] for entry in entries if not records[entry.id]]:
        st.caption(f"Without curves: {plain(', '.join(without))}.")
    st.html(legend_html(list(names.values())))
    key = " ".join(names)
    for column, panel in zip(st.columns(2), _PANELS, strict=True):
        curves: dict[str, list[Point]] = {
            names[entry.id]: points(panel, records[entry.id], _steps_per_epoch(entry.run)) for entry in entries
        }
        most = max(entry.config.epochs for entry in entries)
        with column:
            show_chart(panel, curves, most, smoothing, f"{panel.title} of {key}", list(names.values()))


def legend_html(names: Sequence[str]) -> str:
    """What each colour stands for, once for all charts."""
    items = "".join(
        f'<li style="display:flex;gap:0.45rem;align-items:center;margin:0">'
        f'<span style="width:1.1rem;height:0.22rem;border-radius:0.1rem;background:{model_colour(number)}"></span>'
        f"{escape(name)}</li>"
        for number, name in enumerate(names)
    )
    style = "display:flex;flex-wrap:wrap;gap:0.3rem 1.4rem;margin:0;padding:0;list-style:none"
    return f'<ul aria-label="Colours of the runs" style="{style}">{items}</ul>'


def _steps_per_epoch(run: Run) -> float:
    """0 when it cannot be known: then only whole epochs are shown."""
    try:
        steps, epochs = run.status.steps, run.config.epochs
    except DigitlabError:
        return 0.0
    return steps / epochs if epochs else 0.0
