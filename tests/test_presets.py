from pathlib import Path

import pytest

from digitlab.config import TrainConfig
from digitlab.data.dataset import find_datasets, load_part
from digitlab.data.training_images import load_training
from digitlab.errors import UnknownName
from digitlab.models import build_model
from digitlab.presets import PRESETS, find_preset, preset_of
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS
from digitlab.training.trainer import EpochRecord, Hooks, Trainer


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_names_an_existing_model_and_data_set(name: str) -> None:
    preset = find_preset(name)
    build_model(preset.config.model)
    find_datasets(preset.config.data)
    assert preset.shows.endswith(".")


def test_the_published_softmax_recipe_is_kept() -> None:
    config = find_preset("published-softmax").config
    assert (config.model, config.data, config.epochs, config.batch_size) == ("softmax", "mnist", 10, 100)
    assert (config.optimizer, config.learning_rate, config.schedule) == ("sgd", 0.01, "constant")


@pytest.mark.parametrize("name", ["softmax", "softmax-pen", "cnn-mnist", "cnn", "champion"])
def test_every_shipped_checkpoint_was_made_by_its_recipe(name: str) -> None:
    assert Run(CHECKPOINTS / name).config == PRESETS[name].config


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"There is no preset 'fast'. Choose one of: quick, "):
        find_preset("fast")


def test_the_error_for_an_unknown_preset_stays_short() -> None:
    with pytest.raises(UnknownName) as caught:
        find_preset("x" * 10**6)
    assert len(str(caught.value)) < 300


TOO_LITTLE = PRESETS["too-little-data"].config


class _Records(Hooks):
    """Keeps every epoch's record."""

    def __init__(self) -> None:
        self.records: list[EpochRecord] = []

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self.records.append(record)


def train_on_too_little(folder: Path, config: TrainConfig) -> list[EpochRecord]:
    train = load_training(config.data, folder, config.validation_share, most=config.training_images, seed=config.seed)
    assert len(train) == 200
    validation = load_part(config.data, "validation", folder, config.validation_share)
    hooks = _Records()
    Trainer(build_model(config.model, config.dropout, config.seed), train, validation, config, hooks).run()
    return hooks.records


@pytest.mark.slow
def test_too_little_data_overfits_before_ones_eyes(data_folder: Path) -> None:
    """The training loss goes to 0, and the validation loss rises by a third and more from its lowest."""
    records = train_on_too_little(data_folder, TOO_LITTLE)
    lowest = min(record.validation_loss for record in records)
    assert records[-1].train_loss < 0.01
    assert records[-1].validation_loss > 4 / 3 * lowest
    assert records[0].validation_loss > 4 / 3 * lowest, "it falls before it rises"


def test_too_little_data_is_learned_by_heart_within_a_tenth_of_its_epochs(data_folder: Path) -> None:
    records = train_on_too_little(data_folder, TOO_LITTLE.replace(epochs=TOO_LITTLE.epochs // 10))
    assert records[-1].train_loss < 0.05
    assert records[-1].validation_loss > 10 * records[-1].train_loss


@pytest.mark.long
def test_quick_reads_nearly_all_validation_images_after_its_one_epoch(data_folder: Path) -> None:
    config = find_preset("quick").config
    train = load_training(config.data, data_folder, config.validation_share)
    validation = load_part(config.data, "validation", data_folder, config.validation_share)
    hooks = _Records()
    Trainer(build_model(config.model, config.dropout, config.seed), train, validation, config, hooks).run()
    assert len(hooks.records) == 1
    assert hooks.records[0].validation_accuracy > 0.985


def test_too_little_data_guards_against_nothing() -> None:
    assert (TOO_LITTLE.dropout, TOO_LITTLE.weight_decay, TOO_LITTLE.augmentation) == (0.0, 0.0, "none")
    assert TOO_LITTLE.training_images == 200


@pytest.mark.parametrize("name", PRESETS)
def test_a_run_is_known_by_its_preset_whatever_it_is_called(name: str) -> None:
    config = PRESETS[name].config
    assert preset_of(config.replace(name="mine", seed=5, teachers="cnn")) == name
    assert preset_of(config.replace(data="sklearn")), "scikit-learn's digits stand in where the others are not there"
    assert preset_of(config.replace(label_smoothing=0.37)) == ""
