"""The run that is watched while it trains: curves that grow, what it has learned so far, and its log."""

import streamlit as st

from digitlab.figures.live_curves import live_spec, live_table
from digitlab.figures.panels import PANELS, points
from digitlab.runs.labels import read_label
from digitlab.runs.run import Run
from digitlab.ui.callouts import plain
from digitlab.ui.training.cards import show_log
from digitlab.ui.training.histories import history_so_far
from digitlab.ui.training.learned import show_learned

_HOW = (
    "Training is measured while the weights still change, validation after each epoch. Drag to move a chart, turn the "
    "wheel with Ctrl to zoom, double-click to go back."
)
_WAITING = "The first point comes when the data are loaded, within seconds."
_IN_LINE = "The curves begin when it is this run's turn."


def show_watched(run: Run) -> None:
    """Four charts, two in a row, of fixed height; then samples, weights and log."""
    status, config, records = run.status, run.config, history_so_far(run)
    st.subheader(f"Curves of {plain(read_label(run).name)}", anchor=False)
    waiting = _IN_LINE if status.state == "queued" else _WAITING
    st.caption(_HOW if records else waiting)
    per_epoch = status.steps / config.epochs if config.epochs else 0.0
    for pair in (PANELS[:2], PANELS[2:]):
        for column, panel in zip(st.columns(2), pair, strict=True):
            column.vega_lite_chart(
                live_table(points(panel, records, per_epoch)),
                live_spec(panel, config.epochs),
                width="stretch",
                key=f"{panel.title} of {run.id}",
                on_select="rerun",  # Streamlit clears a zoom that it does not know whenever points arrive
                selection_mode="zoom",
                alt=f"{panel.title} over the epochs",
            )
    show_learned(run)
    show_log(run)
