"""What fine-tuning changed: the test figures of the run that it started from, and its own."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from digitlab.errors import BadRun
from digitlab.figures.numbers import count, percent
from digitlab.runs.run import Run
from digitlab.ui.callouts import plain
from digitlab.ui.training.data_hints import title_of


def show_before_after(run: Run) -> None:
    """A figure for each data set, with the change in percentage points; nothing for a run that started fresh.

    Raises BadRun when the results are damaged.
    """
    before, after = run.results.get("before"), run.results.get("test")
    if not before or not after:
        return
    st.subheader("Before and after", anchor=False)
    with st.container(horizontal=True):
        for data in after:
            if data in before:
                _show(title_of(data), before[data], after[data], run.id)
    st.caption(
        f"It started from {plain(run.config.start_from)}. Test parts only: drawings and images that neither of the two "
        "has learned from. A loss on MNIST is what was forgotten."
    )


def _show(title: str, before: Mapping[str, Any], after: Mapping[str, Any], run_id: str) -> None:
    try:
        was, now, images = float(before["accuracy"]), float(after["accuracy"]), int(after["images"])
        low, high = after["interval"]
    except (KeyError, TypeError, ValueError) as error:
        raise BadRun(f"The results of {run_id} are damaged. Train it again.") from error
    change = f"{100 * (now - was):+.2f} points"
    same = was == now
    st.metric(
        title,
        percent(now, 2),
        "no change" if same else change,
        delta_color="off" if same else "normal",
        delta_arrow="off" if same else "auto",
        width="content",
        border=True,
        help=f"Before: {percent(was, 2)}. After: {percent(now, 2)} of {count(images)} images, 95 % interval "
        f"{percent(low, 2)} to {percent(high, 2)}.",
    )
