"""The table of scores per digit."""

import streamlit as st

from digitlab.metrics.per_class import DigitScores, per_class
from digitlab.ui.evaluate.subject import Subject

_SHARE = "%.2f %%"


def show_digits(subject: Subject) -> None:
    """A row for each digit that has images."""
    rows: list[DigitScores] = subject.numbers(per_class)
    st.dataframe(
        [
            {
                "digit": row.digit,
                "images": row.images,
                "mistakes": row.mistakes,
                "precision": 100 * row.precision,
                "recall": 100 * row.recall,
                "F1": 100 * row.f1,
                "AUC": row.auc,
            }
            for row in rows
        ],
        hide_index=True,
        height="content",
        column_config={
            "digit": st.column_config.TextColumn("digit", help="The true digit."),
            "images": st.column_config.NumberColumn("images", format="localized", help="How many images are of it."),
            "mistakes": st.column_config.NumberColumn("mistakes", help="How many of them were read as another digit."),
            "precision": st.column_config.NumberColumn(
                "precision", format=_SHARE, help="Share of the answers with this digit that are right."
            ),
            "recall": st.column_config.NumberColumn(
                "recall", format=_SHARE, help="Share of this digit's images that are read right."
            ),
            "F1": st.column_config.NumberColumn("F1", format=_SHARE, help="Harmonic mean of precision and recall."),
            "AUC": st.column_config.NumberColumn(
                "AUC", format="%.4f", help="Area under the ROC curve: this digit against the rest."
            ),
        },
    )
