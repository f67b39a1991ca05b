"""What a finished training came to: its figures on test data, how sure it may be, and what fine-tuning changed."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from digitlab.config import TrainConfig
from digitlab.data import PartName, Progress, quiet
from digitlab.data.dataset import Dataset, find_datasets, load_part
from digitlab.data.letters import letter_images
from digitlab.errors import DigitlabError
from digitlab.metrics.calibration import fit_doubt
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.significance import disputed
from digitlab.metrics.summary import summarize
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.scores import calibrated, read_doubt, score
from digitlab.settings import Settings

_ALWAYS = ("mnist", "pen")
"""Data sets that every run is tested on where they are here, so that all models compare."""


def assess(run: Run, settings: Settings, progress: Progress = quiet) -> None:
    """Score the run's weights and write the figures into its results.

    `doubt`: temperature and threshold, from the validation part. `test`: a summary for each data set, of calibrated
    answers. `donors`: the same for each collection that the drawings came from. `sureness`: how often it is sure of pen
    digits, and of letters that look like none. `before`: after fine-tuning, the test
    figures of the run that it started from, with the number of images that it alone reads right (`only_before`), and
    that this run alone does (`only_after`).
    """
    config, folder = run.config, settings.folders
    validation = score(run, load_part(config.data, PartName.VALIDATION, folder, config.validation_share, progress))
    doubt = fit_doubt(Predictions(validation.logits, validation.labels))
    results: dict[str, Any] = {**run.results, "doubt": dataclasses.asdict(doubt), "test": {}, "donors": {}}
    run.write_results(results)
    after: dict[str, Predictions] = {}
    for dataset in _tested(config, settings):
        part = dataset.load_part(folder, PartName.TEST, config.validation_share, progress)
        answers = after[dataset.name] = calibrated(run, score(run, part, save_as=dataset.name))
        results["test"][dataset.name] = _summary(answers)
        drawings = dataset.load_drawings(folder, PartName.TEST, config.validation_share)
        if drawings:
            results["donors"][dataset.name] = _by_donor(answers, [drawing.donor for drawing in drawings])
    if "pen" in after:
        results["sureness"] = _sureness(run, settings, after["pen"], progress)
    if config.start_from:
        results["before"] = _before(config, settings, after)
    run.write_results(results)


def _tested(config: TrainConfig, settings: Settings) -> list[Dataset]:
    sets = find_datasets(config.data)
    others = [dataset for dataset in find_datasets("+".join(_ALWAYS)) if dataset not in sets]
    return sets + [dataset for dataset in others if dataset.is_here(settings.folders)]


def _sureness(run: Run, settings: Settings, digits: Predictions, progress: Progress) -> dict[str, Any]:
    """Shares above the threshold: of pen digits, of them also wrong ones, and of letters where there are any.

    Letters are for those that learned from pen drawings: reading them takes seconds, which others' ends would wait for.
    """
    least = read_doubt(run).threshold
    sure = digits.confidence >= least
    found = {"digits": len(digits), "sure": float(sure.mean()), "wrong": float((sure & ~digits.right).mean())}
    learned = any(one.name == "pen" for one in find_datasets(run.config.data))
    letters = learned and letter_images(settings.folders.data, PartName.TEST, run.config.validation_share)
    if not letters:
        return found
    progress("reading letters", 0, len(letters))
    read = calibrated(run, score(run, letters))
    return {**found, "letters": len(letters), "letters_sure": float((read.confidence >= least).mean())}


def _before(config: TrainConfig, settings: Settings, after: Mapping[str, Predictions]) -> dict[str, Any]:
    try:
        start = Catalogue(settings).find(config.start_from)
        parts = {one.name: load_part(one.name, PartName.TEST, settings.folders) for one in _tested(config, settings)}
        before = {data: calibrated(start, score(start, part)) for data, part in parts.items()}
        return {data: {**_summary(answers), **_only(answers, after[data])} for data, answers in before.items()}
    except DigitlabError:  # it was deleted meanwhile: there is nothing to compare with
        return {}


def _only(before: Predictions, after: Predictions) -> dict[str, int]:
    images = disputed(before.right, after.right)
    return {"only_before": images.only_a, "only_after": images.only_b}


def _by_donor(answers: Predictions, donors: Sequence[str]) -> dict[str, Any]:
    """A summary for each collection that is named; empty when none is."""
    named = np.array(donors)
    return {
        donor: _summary(Predictions(answers.logits[named == donor], answers.labels[named == donor]))
        for donor in sorted(set(donors) - {""})
    }


def _summary(answers: Predictions) -> dict[str, Any]:
    return dataclasses.asdict(summarize(answers))
