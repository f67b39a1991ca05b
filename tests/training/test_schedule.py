import pytest

from digitlab.config import CHOICES, TrainConfig
from digitlab.training.schedule import distillation_rounds, learning_rate_at


def rates(schedule: str, steps: int = 100) -> list[float]:
    config = TrainConfig(schedule=schedule, learning_rate=0.5)
    return [learning_rate_at(step, steps, config) for step in range(steps)]


def test_constant_never_changes() -> None:
    assert set(rates("constant")) == {0.5}


def test_cosine_falls_from_the_highest_rate_towards_zero() -> None:
    values = rates("cosine")
    assert values[0] == 0.5
    assert values[50] == pytest.approx(0.25)
    assert values[-1] < 0.001
    assert values == sorted(values, reverse=True)


def test_one_cycle_rises_for_the_first_quarter_then_falls() -> None:
    values = rates("one-cycle")
    assert values[0] == pytest.approx(0.5 / 25)
    assert values[25] == max(values) == pytest.approx(0.5)
    assert values[:26] == sorted(values[:26])
    assert values[25:] == sorted(values[25:], reverse=True)
    assert values[-1] < 0.001


@pytest.mark.parametrize("schedule", CHOICES["schedule"])
@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_every_schedule_stays_within_its_highest_rate(schedule: str, steps: int) -> None:
    assert all(0 < rate <= 0.5 for rate in rates(schedule, steps))


@pytest.mark.parametrize("schedule", CHOICES["schedule"])
def test_no_steps_at_all_are_no_error(schedule: str) -> None:
    assert learning_rate_at(0, 0, TrainConfig(schedule=schedule)) > 0


@pytest.mark.parametrize("schedule", CHOICES["schedule"])
def test_distillation_comes_after_the_schedule_and_falls_from_a_sixth_of_the_highest_rate(schedule: str) -> None:
    config = TrainConfig(schedule=schedule, learning_rate=0.6, epochs=5, distillation_epochs=2)
    values = [learning_rate_at(step, 50, config) for step in range(50)]
    plain = config.replace(epochs=3, distillation_epochs=0)
    assert values[:30] == [learning_rate_at(step, 30, plain) for step in range(30)]
    assert values[30] == pytest.approx(0.1)
    assert values[40] == pytest.approx(0.05)
    assert values[30:] == sorted(values[30:], reverse=True)
    assert 0 < values[-1] < 0.001


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (0, []),
        (3, [range(7, 10)]),
        (7, [range(3, 10)]),
        (8, [range(2, 6), range(6, 10)]),
        (99, [range(1, 5), range(5, 10)]),
    ],
)
def test_epochs_of_distillation_are_in_rounds_of_four_or_more(asked: int, found: list[range]) -> None:
    assert distillation_rounds(TrainConfig(epochs=10, distillation_epochs=asked)) == found


def test_a_training_of_no_epoch_has_no_round_of_distillation() -> None:
    assert distillation_rounds(TrainConfig(epochs=0, distillation_epochs=8, start_from="cnn")) == []


def test_each_round_of_distillation_falls_anew() -> None:
    config = TrainConfig(learning_rate=0.6, epochs=10, distillation_epochs=8)
    values = [learning_rate_at(step, 50, config) for step in range(50)]
    first, second = values[10:30], values[30:]
    assert first == second
    assert first[0] == pytest.approx(0.1)
    assert first == sorted(first, reverse=True)
    assert values[:10] == [
        learning_rate_at(step, 10, config.replace(epochs=2, distillation_epochs=0)) for step in range(10)
    ]
