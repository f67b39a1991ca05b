"""A run's kept scores, read without the images that they were computed on."""

from digitlab.errors import BadRun
from digitlab.runs.evaluations import Evaluation, fingerprint_file, load_evaluation
from digitlab.runs.run import Run


def read_kept(run: Run, data: str) -> Evaluation | None:
    """The kept scores of the run's present weights on a data set; None when there are none that can be used.

    Whether the images are still the same is for the caller to find out, if it has them.
    """
    try:
        kept = load_evaluation(run.evaluation(data))
        return kept if kept.weights == fingerprint_file(run.weights) else None
    except (BadRun, OSError):
        return None
