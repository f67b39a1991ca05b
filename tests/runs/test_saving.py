import dataclasses
import os
from pathlib import Path

import pytest
import torch

from digitlab.config import TrainConfig
from digitlab.data.dataset import load_data
from digitlab.errors import NotSaved
from digitlab.jobs.training_job import work
from digitlab.models import build_model
from digitlab.reading.predictor import evaluate, load_model
from digitlab.runs.listing import Catalogue, Entry
from digitlab.runs.run import Run, open_run
from digitlab.runs.saving import save_model
from digitlab.runs.scores import load_samples
from digitlab.runs.status import State
from digitlab.settings import Settings
from digitlab.training.trainer import EpochRecord, Hooks, Trainer

CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=3, name="in a notebook")


class Watch(Hooks):
    """Keeps the records, and stops after an epoch."""

    def __init__(self, last: int = 1000) -> None:
        self.last = last
        self.history: list[EpochRecord] = []

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self.history.append(record)
        if record.epoch == self.last:
            trainer.stop()


def trained(hooks: Hooks, config: TrainConfig = CONFIG) -> Trainer:
    train, validation = load_data("sklearn", "train"), load_data("sklearn", "validation")
    trainer = Trainer(build_model(config.model, seed=config.seed), train, validation, config, hooks)
    trainer.run()
    return trainer


def run_of(name: str) -> Run:
    return open_run(Path(os.environ["DIGITLAB_RUNS"]) / name)


def test_a_saved_model_loads_again_by_its_name_and_reads_as_before() -> None:
    trainer = trained(Watch(), CONFIG.replace(keep="last"))
    test = load_data("sklearn", "test")
    before = evaluate(trainer.learned, test)
    assert evaluate(load_model(save_model(trainer)), test) == before
    assert before.accuracy > 0.5


def test_the_weights_are_those_of_the_chosen_epoch() -> None:
    trainer = trained(Watch())
    trainer.chosen_weights = {name: value + 1 for name, value in trainer.chosen_weights.items()}
    trainer.chosen_epoch = 2
    name = save_model(trainer)
    saved = load_model(name).model.state_dict()
    assert all(torch.equal(value, trainer.chosen_weights[key]) for key, value in saved.items())
    assert run_of(name).status.chosen_epoch == 2


def test_the_app_lists_it_like_any_run() -> None:
    watch = Watch()
    trainer = trained(watch)
    name = save_model(trainer, watch.history)
    run = run_of(name)
    entries = [one for one in Catalogue(Settings.from_environment()).entries() if not one.is_checkpoint]
    assert [one.run.id for one in entries if isinstance(one, Entry)] == [name]
    assert run.state is State.DONE
    assert (run.status.epoch, run.status.step, run.status.steps) == (3, trainer.step, trainer.steps)
    assert run.status.seconds == pytest.approx(trainer.seconds, abs=0.001)
    assert run.config == CONFIG
    assert run.history == [dataclasses.asdict(record) for record in watch.history]
    assert run.results == {
        "parameters": 7850,
        "computed": {"device": trainer.device.type, "precision": "float32"},
        "test": {},
    }
    samples = load_samples(run)
    assert samples is not None
    assert (samples[0] == trainer.validation.images[:16].cpu().numpy()).all()
    assert (samples[1] == trainer.validation.labels[:16].cpu().numpy()).all()


def test_records_as_dictionaries_will_do() -> None:
    watch = Watch()
    trainer = trained(watch)
    name = save_model(trainer, [vars(record) for record in watch.history])
    assert run_of(name).history == [dataclasses.asdict(record) for record in watch.history]


def test_one_that_was_stopped_can_be_resumed_to_the_same_weights() -> None:
    watch = Watch(last=1)
    name = save_model(trained(watch), watch.history)
    run = run_of(name)
    assert run.state is State.STOPPED
    work(run, Settings.from_environment())
    assert run.state is State.DONE
    assert [record["epoch"] for record in run.history] == [1, 2, 3]
    whole = trained(Watch())
    resumed = load_model(name).model.state_dict()
    assert all(torch.equal(value, whole.chosen_weights[key]) for key, value in resumed.items())


def test_runs_can_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = Settings(tmp_path / "data", tmp_path / "elsewhere")
    name = save_model(trained(Watch()), settings=elsewhere)
    assert (tmp_path / "elsewhere" / name / "weights.safetensors").is_file()
    assert load_model(name, elsewhere).name == name


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSaved, match="DIGITLAB_RUNS"):
        save_model(trained(Watch()), settings=Settings(tmp_path, tmp_path / "file" / "runs"))
