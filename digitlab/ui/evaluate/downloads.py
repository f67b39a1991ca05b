"""What can be taken along: the report and the predictions."""

import streamlit as st

from digitlab.metrics.table import to_csv
from digitlab.ui.evaluate.data import data_title
from digitlab.ui.evaluate.subject import Subject


def show_downloads(subject: Subject) -> None:
    """Two buttons. Both files are made when they are asked for."""
    stem = f"digitlab-{subject.run.id}-{subject.data}"
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            lambda: _report(subject),
            file_name=f"{stem}.html",
            mime="text/html",
            icon=":material/description:",
            on_click="ignore",
            help="All of this page in one HTML file, with a written summary. It needs no network, and it prints.",
        )
        st.download_button(
            "Predictions (CSV)",
            lambda: to_csv(subject.predictions),
            file_name=f"{stem}.csv",
            mime="text/csv",
            icon=":material/table:",
            on_click="ignore",
            help="A line per image: true and predicted digit, confidence and all ten probabilities.",
        )


def _report(subject: Subject) -> str:
    from digitlab.report import write_report

    return write_report(subject.run, data_title(subject.data), subject.predictions, subject.images_if_here())
