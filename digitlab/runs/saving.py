"""What a training in a notebook has come to, written down as a run."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from digitlab.folders import make_folder
from digitlab.models import count_parameters
from digitlab.runs.run import Run, now
from digitlab.runs.scores import SAMPLES, save_samples
from digitlab.runs.status import State, Status
from digitlab.runs.weights import save_resume, save_weights
from digitlab.settings import Settings
from digitlab.training.trainer import EpochRecord, Trainer


def save_model(
    trainer: Trainer, history: Sequence[EpochRecord | Mapping[str, Any]] = (), settings: Settings | None = None
) -> str:
    """Write a training down as a new run, and give its id, which `load_model` takes.

    The weights are the chosen ones. Every page of the app shows the run like any other, and one that was stopped can
    be resumed there.
    history: the records that `Hooks.on_epoch` got, for the curves. settings: where the runs are; None for the
    installation's own (`DIGITLAB_RUNS`).
    Raises NotSaved when the disk is full or no folder can be made there.
    """
    run = Run.create((settings or Settings.from_environment()).runs, trainer.config)
    make_folder(run.snapshot(0).parent)  # empty, and wanted when the training goes on
    save_weights(run.weights, trainer.chosen_weights)
    save_resume(run, trainer.state_dict())
    for record in history:
        run.append_history(record if isinstance(record, Mapping) else dataclasses.asdict(record))
    part = trainer.validation
    save_samples(run, part.images[:SAMPLES].cpu().numpy(), part.labels[:SAMPLES].cpu().numpy())
    computed = {"device": trainer.device.type, "precision": str(trainer.precision).removeprefix("torch.")}
    run.write_results({"parameters": count_parameters(trainer.model), "computed": computed, "test": {}})
    run.write_status(_status(trainer))
    return run.id


def _status(trainer: Trainer) -> Status:
    return Status(
        State.DONE if trainer.finished else State.STOPPED,
        epoch=trainer.epoch,
        step=trainer.step,
        steps=trainer.steps,
        created=now(),
        started=now(),
        updated=now(),
        seconds=round(trainer.seconds, 3),
        chosen_epoch=trainer.chosen_epoch,
    )
