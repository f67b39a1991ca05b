"""What the process of a run does once it has a slot: load the data, train, evaluate, and keep everything."""

import torch

from digitlab.config import Settings, TrainConfig
from digitlab.data.parts import PartName
from digitlab.data.registry import check_data_name, load_part, load_training
from digitlab.devices import choose_device
from digitlab.errors import BadConfig
from digitlab.jobs.assessment import assess
from digitlab.jobs.reasons import explain
from digitlab.jobs.recorder import Recorder
from digitlab.jobs.slots import Ticket
from digitlab.models import build_model, count_parameters
from digitlab.runs.catalog import find_run
from digitlab.runs.resume import load_resume, save_resume
from digitlab.runs.run import Run
from digitlab.runs.samples import COUNT, save_samples
from digitlab.runs.status import State
from digitlab.runs.weights import load_weights
from digitlab.training import EpochRecord, Hooks, Trainer


def check_config(config: TrainConfig) -> None:
    """Raises UnknownName when the model, a data set or the run to start from does not exist, BadConfig when that run
    has another model or the device is not there."""
    build_model(config.model)
    check_data_name(config.data)
    choose_device(config.device)
    if config.start_from:
        _find_start(config)


def _find_start(config: TrainConfig) -> Run:
    """The run whose weights a fine-tuning starts from."""
    start = find_run(config.start_from)
    model = start.config.model
    if _shapes(model) != _shapes(config.model):
        raise BadConfig(
            f"start_from is {config.start_from!r}, a {model}; its weights do not fit the model {config.model}. "
            f"Choose model {model}, or another run."
        )
    return start


def _shapes(model: str) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in build_model(model).state_dict().items()}


def work(run: Run, hooks: Hooks | None = None, ticket: Ticket | None = None) -> None:
    """Train the run from where it stands and, when it is finished, evaluate it on the test parts of its data.

    The caller holds the run's lock. hooks: are called after the run folder is up to date. ticket: the run's slot.
    Raises what went wrong, after the run is marked as failed with the reason.
    """
    try:
        run.sweep()
        run.reserve_space()
        trainer = _train(run, hooks or Hooks(), ticket)
        if trainer.finished:
            assess(run)
            run.mark(State.DONE)
        else:
            run.mark(State.STOPPED)
    except KeyboardInterrupt:
        run.mark(State.STOPPED, "Stopped from the keyboard.")
        raise
    except Exception as error:
        run.free_space()
        run.mark(State.FAILED, explain(error))
        raise
    finally:
        run.free_space()


def _train(run: Run, hooks: Hooks, ticket: Ticket | None) -> Trainer:
    config, folder = run.config, Settings.from_environment().data
    train = load_training(
        config.data, folder, config.validation_share, fresh=config.augmentation != "none", non_digits=config.non_digits
    )
    validation = load_part(config.data, PartName.VALIDATION, folder, config.validation_share)
    torch.manual_seed(config.seed)  # fresh weights and dropout are drawn from it
    model = build_model(config.model, config.dropout)
    if config.start_from:
        load_weights(_find_start(config).weights, model)
    run.write_results({"parameters": count_parameters(model), "test": {}})
    recorder = Recorder(run, ticket)
    trainer = Trainer(model, train, validation, config, _Both(recorder, hooks))
    if state := load_resume(run):
        trainer.load_state_dict(state)
        run.cut_history(trainer.epoch, trainer.step)
        recorder.write(trainer, State.RUNNING)
    else:
        run.cut_history(0, 0)
        save_samples(run, validation.images[:COUNT].numpy(), validation.labels[:COUNT].numpy())
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
