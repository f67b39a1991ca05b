"""What the process of a measurement does once it has a slot: disturb images, have them read, keep what came of it.

The file is written whole after each disturbance: whenever the process ends, all that it holds is right, and the next
measurement goes on with what is missing.
"""

import time
from dataclasses import replace
from functools import partial

import torch

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.errors import BadRun
from digitlab.explain.robustness import DISTURBANCES, AnyDisturbance, choose_images, cost, count_right
from digitlab.jobs.measurement import Measurement
from digitlab.jobs.queue import Command, read_command
from digitlab.jobs.training_job import explain
from digitlab.runs.listing import Catalogue
from digitlab.runs.robustness import RobustnessCurve, read_robustness, save_robustness
from digitlab.runs.run import now
from digitlab.runs.scores import origin_of
from digitlab.runs.status import State
from digitlab.runs.weights import model_of
from digitlab.settings import Settings

VERSIONS = {name: one.version for name, one in DISTURBANCES.items()}

_REPORT = 0.5
"""Seconds between two reports of progress."""


def measure(measurement: Measurement, settings: Settings) -> None:
    """Measure what is not known yet of the plan's run. The caller holds the measurement's lock.

    Raises what went wrong, after the measurement is marked as failed with the reason.
    """
    try:
        ended = State.DONE if _measure(measurement, settings) else State.STOPPED
        if not measurement.is_gone:
            measurement.mark(ended)
    except KeyboardInterrupt:
        measurement.mark(State.STOPPED)
        raise
    except Exception as error:
        if not measurement.is_gone_soon():
            measurement.mark(State.FAILED, explain(error, "measure again", "a smaller model"))
        raise


def _measure(measurement: Measurement, settings: Settings) -> bool:
    """Whether all of it is done; False when it was asked to stop."""
    torch.set_num_threads(1)  # small batches gain little from more, and the app shall go on answering meanwhile
    plan = measurement.plan
    run = Catalogue(settings).find(plan.run)
    part = choose_images(load_part(plan.data, PartName.TEST, settings.folders, run.config.validation_share))
    model = model_of(run)
    images = part.fingerprint()
    found = read_robustness(run, plan.data, settings.runs, origin_of(run, images), VERSIONS)
    missing = [one for name, one in DISTURBANCES.items() if name not in found.curves]
    readings = sum(_readings(one, amount) for one in missing for amount in one.amounts)
    progress = _Progress(measurement, readings * len(part))
    for one in missing:
        right = count_right(model, part, one, partial(progress.go_on, one))
        if right is None:
            return False
        if origin_of(run, images) != found.origin:
            raise BadRun(f"{run.id} has learned on meanwhile. Measure it when its training has ended.")
        found = found.with_curve(one.name, RobustnessCurve(one.version, one.amounts, right, len(part)))
        save_robustness(run, plan.data, settings.runs, found)
    return True


def _readings(disturbance: AnyDisturbance, amount: float) -> int:
    """What one image takes at an amount."""
    return 1 if amount == disturbance.neutral else cost(disturbance)


class _Progress:
    """Writes down how far the measurement is, in readings of one image."""

    def __init__(self, measurement: Measurement, total: int) -> None:
        self._measurement, self._total = measurement, total
        self._done, self._began, self._told = 0, time.monotonic(), 0.0

    def go_on(self, disturbance: AnyDisturbance, amount: float, images: int) -> bool:
        """Whether to go on after these images."""
        self._done += images * _readings(disturbance, amount)
        moment = time.monotonic()
        if moment - self._told < _REPORT:
            return True
        self._told = moment
        if read_command(self._measurement) is Command.STOP:
            return False
        self._measurement.write_status(
            replace(
                self._measurement.status,
                state=State.RUNNING,
                step=self._done,
                steps=self._total,
                updated=now(),
                seconds=round(moment - self._began, 3),
                message=f"Measuring {disturbance.title}.",
            )
        )
        return True
