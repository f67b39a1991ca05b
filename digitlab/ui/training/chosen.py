"""The chosen run, below the table: what can be done with it, its curves, and what it has learned."""

from collections.abc import Sequence

import streamlit as st

from digitlab.figures.curves import curve_figure
from digitlab.figures.panels import PANELS, points
from digitlab.runs.overview import RunOverview
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED
from digitlab.ui.callouts import plain, told
from digitlab.ui.training.actions import show_actions
from digitlab.ui.training.before_after import show_before_after
from digitlab.ui.training.cards import show_log
from digitlab.ui.training.histories import history_so_far
from digitlab.ui.training.learned import show_learned
from digitlab.ui.training.states import reason

_NONE = (
    "Choose a row to see its curves and what can be done with the run: rename, star, clone, resume, download, delete."
)


def show_chosen(run: Run | None, overviews: Sequence[RunOverview]) -> None:
    """Show the run, or what will be here once one is chosen."""
    overview = next((o for o in overviews if run is not None and o.run_id == run.id), None)
    if run is None or overview is None:
        st.caption(_NONE)
        return
    st.subheader(plain(overview.name), anchor=False)
    st.caption(f"`{run.id}` · {plain(_summary(overview))}")
    said = reason(overview.state, overview.message)
    if said and overview.state not in UNFINISHED:
        st.warning(plain(said), icon=":material/info:")
    show_actions(run, overview)
    if overview.state in UNFINISHED:
        st.caption("It is under way: its card and its curves are at the top of the page.")
        return
    with told():
        _show_finished(run, overview)


def _summary(overview: RunOverview) -> str:
    config = overview.config
    return f"{config.model} on {config.data}, {overview.epoch} of {config.epochs} epochs, {overview.state}"


def _show_finished(run: Run, overview: RunOverview) -> None:
    """Curves, and what was learned. Raises BadRun when a file is damaged."""
    show_before_after(run)
    records, epochs = history_so_far(run), overview.config.epochs
    if records:
        best = run.status.best_epoch
        for pair in (PANELS[:2], PANELS[2:]):
            for column, panel in zip(st.columns(2), pair, strict=True):
                curves = points(panel, records, overview.steps / epochs if epochs else 0.0)
                figure = curve_figure(panel, curves, best if len(panel.curves) > 1 else None)
                column.plotly_chart(figure, key=f"{panel.title} of {run.id}", config={"displaylogo": False})
    else:
        st.caption("It has no curves: no epoch was trained.")
    show_learned(run)
    if overview.kind == "run":
        show_log(run)
