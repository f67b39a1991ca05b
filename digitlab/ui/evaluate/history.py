"""Loss and accuracy through the epochs, with the chosen one marked."""

import streamlit as st

from digitlab.figures.curves import curve_figure
from digitlab.figures.panels import PANELS, points
from digitlab.ui.evaluate.plots import show_plot
from digitlab.ui.evaluate.subject import Subject


def show_history(subject: Subject) -> None:
    """Training and validation, side by side; a line where the run has no history."""
    run = subject.run
    records, status = run.history, run.status
    if not records:
        st.info("This run kept no history. Curves appear here for models that were trained in digitlab.")
        return
    for column, panel in zip(st.columns(2, gap="large"), PANELS[:2], strict=True):
        with column:
            figure = curve_figure(
                panel, points(panel, records, status.steps / max(run.config.epochs, 1)), status.best_epoch
            )
            show_plot(figure, f"{panel.title.lower()} curve")
    why = "is the last that was trained" if run.config.keep == "last" else "has the lowest validation loss"
    st.caption(
        f"Epoch {status.best_epoch} of {run.config.epochs} {why}; its weights are the ones evaluated here. Training "
        "values are means over the epoch while the weights still moved, and with dropout and augmentation where the "
        "run has them."
    )
