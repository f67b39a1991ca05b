"""What the process of a run does once it has a slot: load the data, train, evaluate, and write everything down."""

import errno
import shutil

from digitlab.data import PartName, Progress, quiet
from digitlab.data.dataset import load_part
from digitlab.data.training_images import load_training
from digitlab.errors import BadRun, DigitlabError, NotSaved
from digitlab.jobs.queue import Ticket
from digitlab.jobs.recorder import Recorder
from digitlab.jobs.start import find_start, find_teachers
from digitlab.models import build_model, count_parameters
from digitlab.runs.run import Run
from digitlab.runs.scores import SAMPLES, save_samples
from digitlab.runs.status import State
from digitlab.runs.weights import load_resume, load_weights, model_of, save_resume
from digitlab.settings import Settings
from digitlab.training.devices import keep_freed_memory
from digitlab.training.trainer import EpochRecord, Hooks, Trainer

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory")
"""What torch says when memory runs out, on a GPU and on a CPU."""


def work(
    run: Run, settings: Settings, hooks: Hooks | None = None, ticket: Ticket | None = None, progress: Progress = quiet
) -> None:
    """Train the run from where it stands and, when it is finished, evaluate it on the test parts of its data.

    The caller holds the run's lock. hooks: are called after the run folder is up to date. ticket: the run's slot.
    progress: is told how far the data are.
    Raises what went wrong, after the run is marked as failed with the reason. A run whose folder somebody deletes
    meanwhile ends with BadRun, and what this process had still left in it goes, too.
    """
    try:
        _work(run, settings, hooks or Hooks(), ticket, progress)
    except Exception as error:
        if not run.is_gone:
            raise
        shutil.rmtree(run.folder, ignore_errors=True)
        raise BadRun(f"{run.id} was deleted while it was trained.") from error


def _work(run: Run, settings: Settings, hooks: Hooks, ticket: Ticket | None, progress: Progress) -> None:
    try:
        keep_freed_memory()
        run.sweep()
        run.reserve_space()
        trainer = _train(run, settings, hooks, ticket, progress)
        if trainer.finished:
            from digitlab.jobs.assess import assess  # scikit-learn takes a second: not before the first step

            assess(run, settings, progress)
            run.mark(State.DONE)
        else:
            run.mark(State.STOPPED)
    except KeyboardInterrupt:
        run.mark(State.STOPPED, "Stopped from the keyboard.")
        raise
    except Exception as error:
        run.free_space()
        if not run.is_gone_soon():
            run.mark(State.FAILED, explain(error))
        raise
    finally:
        run.free_space()


def explain(
    error: BaseException, again: str = "choose Resume", smaller: str = "a smaller batch size or a smaller model"
) -> str:
    """Why a job went wrong, with what to do about it: one or two sentences for its card.

    again, smaller: how it is done again, and what needs less memory.
    """
    cause = error.cause if isinstance(error, NotSaved) else error
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full. Delete runs or free space elsewhere, then {again}."
    if isinstance(error, DigitlabError):
        return str(error)
    said = str(error).lower() if isinstance(error, RuntimeError) else ""
    if isinstance(error, MemoryError) or any(words in said for words in _OUT_OF_MEMORY):
        return f"Memory ran out. Choose {smaller}, or close other programs."
    if isinstance(error, OSError):
        return f"A file could not be read or written: {error}. Check the folder and its rights, then {again}."
    return f"A defect of digitlab: {type(error).__name__}: {error}. The log has the details."


def _train(run: Run, settings: Settings, hooks: Hooks, ticket: Ticket | None, progress: Progress) -> Trainer:
    config, folder = run.config, settings.folders
    train = load_training(
        config.data,
        folder,
        config.validation_share,
        fresh=config.augmentation != "none",
        non_digits=config.non_digits,
        most=config.training_images,
        seed=config.seed,
        progress=progress,
    )
    validation = load_part(config.data, PartName.VALIDATION, folder, config.validation_share, progress)
    model = build_model(config.model, config.dropout, config.seed)
    if config.start_from:
        load_weights(find_start(config, settings).weights, model)
    recorder = Recorder(run, ticket)
    # What `auto` came to stays as it was chosen at the start, so that a run that goes on elsewhere is still the same.
    before = run.results.get("computed")
    precision = before["precision"] if before else config.precision
    teachers = [model_of(teacher) for teacher in find_teachers(config, settings)]
    trainer = Trainer(model, train, validation, config.replace(precision=precision), _Both(recorder, hooks), teachers)
    computed = {"device": trainer.device.type, "precision": str(trainer.precision).removeprefix("torch.")}
    run.write_results({"parameters": count_parameters(model), "computed": computed, "test": {}})
    if state := load_resume(run):
        try:
            trainer.load_state_dict(state)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            remedy = "Delete it to train from the start, or clone the run."
            raise BadRun(f"{run.resume} does not fit the run's settings. {remedy}") from error
        run.cut_history(trainer.epoch, trainer.step)
        recorder.write(trainer, State.RUNNING)
    else:
        run.cut_history(0, 0)
        save_samples(run, validation.images[:SAMPLES].numpy(), validation.labels[:SAMPLES].numpy())
        recorder.start(trainer)
    trainer.run()
    save_resume(run, trainer.state_dict())
    recorder.write(trainer, State.RUNNING)
    return trainer


class _Both(Hooks):
    """Two hooks, one after the other."""

    def __init__(self, first: Hooks, second: Hooks) -> None:
        self.first, self.second = first, second

    def on_step(self, trainer: Trainer) -> None:
        self.first.on_step(trainer)
        self.second.on_step(trainer)

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self.first.on_epoch(trainer, record)
        self.second.on_epoch(trainer, record)
