"""The figures below the matrix, one at a time, and what can be taken along."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from digitlab.figures.roc_pr import (
    fit_precision_recall_corner,
    fit_roc_corner,
    precision_recall_figure,
    roc_figure,
)
from digitlab.figures.training import PANELS, curve_figure, points
from digitlab.formats import count
from digitlab.glossary import glossary, hint, within
from digitlab.metrics.curves import precision_recall_curves, roc_curves
from digitlab.metrics.predictions import VERDICTS, Predictions, to_csv
from digitlab.metrics.summary import DigitScores, per_class
from digitlab.ui.app import address
from digitlab.ui.evaluate.calibration import show_calibration
from digitlab.ui.evaluate.matrix import show_images
from digitlab.ui.shared.data_picker import test_title
from digitlab.ui.shared.plots import show_plot
from digitlab.ui.shared.scored import Scored

_SHARE = "%.2f %%"


def show_digits(scored: Scored) -> None:
    """A row for each digit that has images."""
    rows: list[DigitScores] = scored.compute(per_class)
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
            "images": st.column_config.NumberColumn("images", format="localized", help="How many images show it."),
            "mistakes": st.column_config.NumberColumn("mistakes", help="How many of them were read as another digit."),
            "precision": st.column_config.NumberColumn("precision", format=_SHARE, help=hint("precision")),
            "recall": st.column_config.NumberColumn("recall", format=_SHARE, help=hint("recall")),
            "F1": st.column_config.NumberColumn("F1", format=_SHARE, help=hint("F1")),
            "AUC": st.column_config.NumberColumn("AUC", format="%.4f", help=hint("AUC")),
        },
    )


def show_history(scored: Scored) -> None:
    """Training and validation, side by side; a line where the run has no history."""
    run = scored.run
    records, status = run.history, run.status
    if not records:
        st.info("This run has no history. Curves appear here for models that were trained in digitlab.")
        return
    for column, panel in zip(st.columns(2, gap="large"), PANELS[:2], strict=True):
        with column:
            figure = curve_figure(
                panel, points(panel, records, status.steps / max(run.config.epochs, 1)), status.chosen_epoch
            )
            show_plot(figure, f"{panel.title.lower()} curve", run.id)
    why = "is the last that was trained" if run.config.keep == "last" else "has the lowest validation loss"
    st.caption(
        f"Epoch {status.chosen_epoch} of {run.config.epochs} {why}; its weights are the ones evaluated here. Training "
        "values are means over the epoch, taken while the weights still changed, and with dropout and augmentation "
        "where the run has them."
    )


_ORDERS = {"data": "As in the data set", "sure": "Most confident first", "unsure": "Least confident first"}
_PREFIX = "sample-"
_PER_PAGE = 60


def show_samples(scored: Scored) -> None:
    """Three filters, and the images that they leave."""
    with st.container(horizontal=True):
        verdict = st.segmented_control(
            "Verdict",
            VERDICTS,
            format_func=str.capitalize,
            required=True,
            **address.choice("verdict", VERDICTS, help="Which answers to show: right ones, wrong ones or all."),
        )
        order = st.selectbox(
            "Order",
            list(_ORDERS),
            format_func=_ORDERS.__getitem__,
            width=220,
            **address.choice("order", _ORDERS, help=f"Confidence: {within('confidence')}"),
        )
        digit = st.pills(
            "True digit",
            range(10),
            **address.choice(
                "digit", range(10), optional=True, help="Shows only images of this digit; choose it again to see all."
            ),
        )
    indices = ordered(scored.answers, scored.answers.select(verdict, true=digit), order)
    show_images(scored, indices, f"{_matches(len(indices))}. True digit → predicted digit.", _PER_PAGE, _PREFIX)


def _matches(number: int) -> str:
    return "1 image matches" if number == 1 else f"{count(number)} images match"


def ordered(predictions: Predictions, indices: np.ndarray, order: str) -> np.ndarray:
    """The indices in one of the orders."""
    if order == "data":
        return np.sort(indices)
    confidence = predictions.confidence[indices]
    return indices[np.argsort(-confidence if order == "sure" else confidence, kind="stable")]


def show_downloads(scored: Scored) -> None:
    """Two buttons. Both files are made when they are asked for."""
    stem = f"digitlab-{scored.run.id}-{scored.data}"
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            lambda: _report(scored),
            file_name=f"{stem}.html",
            mime="text/html",
            icon=":material/description:",
            on_click="ignore",
            help="All figures and tables of this page in one HTML file, with a written summary and sample images. It "
            "needs no network, and it prints.",
        )
        st.download_button(
            "Predictions (CSV)",
            lambda: to_csv(scored.answers),
            file_name=f"{stem}.csv",
            mime="text/csv",
            icon=":material/table:",
            on_click="ignore",
            help="A line per image: true and predicted digit, confidence and all ten probabilities.",
        )


def _report(scored: Scored) -> str:
    from digitlab.report.page import write_report

    return write_report(scored.run, test_title(scored.data), scored.scores, scored.images_if_here())


_ZOOM = "Zoom in on the corner"
_ONE_DIGIT = "All images are of one digit, so there is nothing to tell it from. Choose test data with several digits."


def _roc(scored: Scored) -> None:
    curves = scored.compute(roc_curves)
    if not curves:
        st.info(_ONE_DIGIT)
        return
    zoomed = st.toggle(
        _ZOOM,
        **address.switch(
            "roc-zoom",
            fit_roc_corner(curves),
            help="Shows only false positive rates up to 1 %, where good models differ. Off: the whole curves.",
        ),
    )
    show_plot(roc_figure(curves, zoomed), "ROC", scored.about)
    shown = "Zoomed in: false positive rates up to 1 %. Switch the zoom off to see the whole curves. " if zoomed else ""
    st.caption(f"{shown}{glossary()['ROC curve']}")


def _precision_recall(scored: Scored) -> None:
    curves = scored.compute(precision_recall_curves)
    if not curves:
        st.info(_ONE_DIGIT)
        return
    zoomed = st.toggle(
        _ZOOM,
        **address.switch(
            "pr-zoom",
            fit_precision_recall_corner(curves),
            help="Shows only precision and recall from 90 % on, where good models differ. Off: the whole curves.",
        ),
    )
    show_plot(precision_recall_figure(curves, zoomed), "precision and recall", scored.about)
    shown = (
        "Zoomed in: precision and recall from 90 % on. Switch the zoom off to see the whole curves. " if zoomed else ""
    )
    st.caption(f"{shown}{glossary()['precision–recall curve']} {glossary()['average precision']}")


SECTIONS: Mapping[str, tuple[str, Callable[[Scored], None]]] = {
    "roc": ("ROC", _roc),
    "precision-recall": ("Precision–recall", _precision_recall),
    "calibration": ("Calibration", show_calibration),
    "curves": ("Curves", show_history),
    "digits": ("Per digit", show_digits),
    "samples": ("Samples", show_samples),
}
"""Name in the address → name on the switch, and what shows it."""


@st.fragment
def show_sections(scored: Scored) -> None:
    """The part that runs again when another figure is chosen or one is changed."""
    name = st.segmented_control(
        "Figures",
        list(SECTIONS),
        format_func=lambda name: SECTIONS[name][0],
        required=True,
        **address.choice(
            "figure",
            SECTIONS,
            help="The buttons below a figure save it as PNG, for slides, or as SVG, which stays sharp at any size.",
        ),
    )
    SECTIONS[name][1](scored)
