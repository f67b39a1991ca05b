"""What a finished training came to: its figures on test data, how sure it may be, and what fine-tuning changed."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digitlab.config import Settings, TrainConfig
from digitlab.data.parts import PartName
from digitlab.data.registry import INK, check_data_name, is_here, load_part
from digitlab.errors import DigitlabError
from digitlab.evaluation import summarize
from digitlab.metrics.doubt import fit_doubt
from digitlab.metrics.predictions import Predictions
from digitlab.runs.catalog import find_run
from digitlab.runs.run import Run
from digitlab.runs.scoring import score


def assess(run: Run) -> None:
    """Score the run's weights and write the figures into its results.

    `test`: a summary for each data set. `donors`: the same for each collection that the drawings came from. `doubt`:
    temperature and threshold, from the validation part. `before`: after fine-tuning, the test figures of the run that
    it started from.
    """
    config, folder = run.config, Settings.from_environment().data
    results: dict[str, Any] = {**run.results, "test": {}, "donors": {}}
    for data in _tested(config, folder):
        part = load_part(data, PartName.TEST, folder, config.validation_share)
        evaluation = score(run, part, kept_as=data)
        results["test"][data] = _summary(evaluation.logits, evaluation.labels)
        if data in INK:
            donors = [drawing.donor for drawing in INK[data](folder, PartName.TEST, config.validation_share)]
            results["donors"][data] = _by_donor(evaluation.logits, evaluation.labels, donors)
    validation = score(run, load_part(config.data, PartName.VALIDATION, folder, config.validation_share))
    results["doubt"] = dataclasses.asdict(fit_doubt(Predictions(validation.logits, validation.labels)))
    if config.start_from:
        results["before"] = _before(config, folder)
    run.write_results(results)


def _tested(config: TrainConfig, folder: Path) -> list[str]:
    """The data sets of the training and, where they are here, MNIST and the pen digits, so that all models compare."""
    names = check_data_name(config.data)
    return names + [data for data in ("mnist", "pen") if data not in names and is_here(data, folder)]


def _before(config: TrainConfig, folder: Path) -> dict[str, Any]:
    try:
        start = find_run(config.start_from)
        parts = {data: load_part(data, PartName.TEST, folder) for data in _tested(config, folder)}
        scores = {data: score(start, part) for data, part in parts.items()}
    except DigitlabError:  # it was deleted meanwhile: there is nothing to compare with
        return {}
    return {data: _summary(one.logits, one.labels) for data, one in scores.items()}


def _by_donor(logits: np.ndarray, labels: np.ndarray, donors: Sequence[str]) -> dict[str, Any]:
    """A summary for each collection that is named; empty when none is."""
    named = np.array(donors)
    return {donor: _summary(logits[named == donor], labels[named == donor]) for donor in sorted(set(donors) - {""})}


def _summary(logits: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    return dataclasses.asdict(summarize(logits, labels))
