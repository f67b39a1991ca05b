import pytest

from digitlab.config import CHECKPOINTS
from digitlab.data.dataset import find_datasets
from digitlab.errors import UnknownName
from digitlab.models import build_model
from digitlab.presets import PRESETS, find_preset
from digitlab.runs.run import Run


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
