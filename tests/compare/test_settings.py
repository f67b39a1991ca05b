from digitlab.compare.settings import differing_settings
from digitlab.config import TrainConfig


def test_only_settings_that_differ_are_told() -> None:
    configs = [TrainConfig(model="cnn", epochs=3, name="a"), TrainConfig(model="cnn", epochs=5, name="b")]
    assert differing_settings(configs) == {"epochs": [3, 5]}


def test_a_setting_that_differs_in_one_of_three_is_told_for_all() -> None:
    configs = [TrainConfig(), TrainConfig(), TrainConfig(seed=7)]
    assert differing_settings(configs) == {"seed": [0, 0, 7]}


def test_equal_configs_differ_in_nothing() -> None:
    assert differing_settings([TrainConfig(), TrainConfig()]) == {}
