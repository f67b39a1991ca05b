"""What a run has learned so far: its verdict on sample images, and the weight images of softmax regression."""

from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.figures.style import BURD, limit_of, signed_colours
from digitlab.formats import png_address
from digitlab.runs.run import Run
from digitlab.runs.scores import load_samples
from digitlab.runs.status import UNFINISHED, Status
from digitlab.ui.app import readers
from digitlab.ui.app.visitor import may_see
from digitlab.ui.components.live_html import live_html

_show = live_html("digitlab.learned", Path(__file__).with_name("learned.css"))


def show_learned(run: Run) -> None:
    """Sample images with the current verdict and, for softmax, the ten weight images; nothing where there are none."""
    try:
        samples = _samples_html(run)
        weights = _weights_html(run)
    except DigitlabError:  # the weights are being replaced, or the run is being deleted: the next look finds them
        return
    parts = [part for part in (samples, weights) if part]
    if parts:
        _show(f'<div class="learned">{"".join(parts)}</div>', f"learned {run.id}")


def _samples_html(run: Run) -> str:
    if not run.weights.is_file() or not may_see(run) or (samples := load_samples(run)) is None:
        return ""
    images, labels = samples
    verdicts = _verdicts(run.id, readers.stamp_of(run.id), images)
    right = int((verdicts == labels).sum())
    title, words = samples_in_words(run.status, run.state in UNFINISHED)
    cells = "".join(
        _sample(image, int(digit), int(said)) for image, digit, said in zip(images, labels, verdicts, strict=True)
    )
    return (
        f"<section><h3>{title}: {right} of {len(labels)} read right</h3>"
        f'<ol class="samples">{cells}</ol><p>{words}</p></section>'
    )


def samples_in_words(status: Status, under_way: bool) -> tuple[str, str]:
    """A heading and a sentence on whose verdicts the sample images carry: those of the saved weights, not those of the
    weights that are learning just now."""
    if under_way and status.epoch == 0:
        return (
            "Validation images before training",
            "Read by the weights that the training began with; those after the first epoch follow when it ends. The "
            "figures above belong to the weights that are learning now.",
        )
    title = f"Validation images after epoch {status.chosen_epoch}" if status.chosen_epoch else "Validation images"
    return title, "Read by the weights chosen so far. They did not learn from these images."


def _sample(image: np.ndarray, digit: int, said: int) -> str:
    right = said == digit
    words = f"{said} ✓" if right else f"{said} ✗"
    title = f"Read as {said}." if right else f"Read as {said}; it is a {digit}."
    return (
        f'<li class="{"right" if right else "wrong"}" title="{title}">'
        f'<img src="{png_address(image)}" alt="{title}"><span>{words}</span></li>'
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _verdicts(run_id: str, stamp: readers.Stamp, _images: np.ndarray) -> np.ndarray:  # noqa: ARG001  part of the cache's key
    """The digit that the run reads in each image."""
    return np.array([reading.digit for reading in readers.predictor(run_id).read_all(_images)])


def _weights_html(run: Run) -> str:
    if run.config.model != "softmax":
        return ""
    newest = run.snapshot(run.status.epoch)
    path = newest if newest.is_file() else run.weights
    if not path.is_file():
        return ""
    pictures, limit = _weight_pictures(str(path), path.stat().st_mtime_ns)
    cells = "".join(
        f'<li><img src="{source}" alt="Weights of the digit {digit}"><span>{digit}</span></li>'
        for digit, source in enumerate(pictures)
    )
    scale = escape(f"linear-gradient(to right, {', '.join(BURD)})")
    return (
        f'<section><h3>Weights after epoch {run.status.epoch}</h3><ol class="weights">{cells}</ol>'
        f'<div class="scale"><span>−{limit:.3f}</span><i style="background:{scale}"></i><span>+{limit:.3f}</span></div>'
        "<p>Ink on red speaks for the digit, ink on blue against it. One scale for all ten.</p></section>"
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _weight_pictures(path: str, stamp: int) -> tuple[list[str], float]:  # noqa: ARG001  part of the cache's key
    """Ten pictures and the limit of their common scale."""
    from digitlab.runs.weights import weight_images

    images = weight_images(Path(path))
    limit = limit_of(images)
    return [png_address(signed_colours(image, limit)) for image in images], limit
