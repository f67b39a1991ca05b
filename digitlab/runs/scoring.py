"""A run's scores on a data set, computed once and kept in its folder."""

from contextlib import suppress
from pathlib import Path

import numpy as np

from digitlab.config import CHECKPOINTS
from digitlab.data.parts import Part
from digitlab.errors import BadRun
from digitlab.evaluation import compute_logits
from digitlab.models import build_model
from digitlab.runs.evaluations import Evaluation, fingerprint_file, load_evaluation, save_evaluation
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights


def score(run: Run, part: Part, kept_as: str | None = None) -> Evaluation:
    """The scores of the run's weights on a part's images.

    kept_as: the data set's name, under which the scores are kept in the run folder and read again as long as weights
    and images are the same. Checkpoints are read-only: theirs are read but never written.
    Raises BadRun when weights or config are missing, damaged or foreign.
    """
    if not run.weights.is_file():
        raise BadRun(f"{run.folder} has no weights yet. Wait for its first epoch, or choose another run.")
    weights, data = fingerprint_file(run.weights), part.fingerprint()
    if kept_as and (kept := _read_kept(run.evaluation(kept_as))) and (kept.weights, kept.data) == (weights, data):
        return kept
    model = build_model(run.config.model)
    load_weights(run.weights, model)
    evaluation = Evaluation(compute_logits(model, part.images).numpy(), part.labels.numpy(), weights, data)
    if not np.isfinite(evaluation.logits).all():
        raise BadRun(f"{run.weights} gives scores that are not finite. Choose another run, or train the model again.")
    if kept_as and run.folder.resolve().parent != CHECKPOINTS:
        with suppress(OSError):  # a folder that cannot be written to: the scores are right all the same
            save_evaluation(run.evaluation(kept_as), evaluation)
    return evaluation


def _read_kept(path: Path) -> Evaluation | None:
    try:
        return load_evaluation(path)
    except BadRun:
        return None
