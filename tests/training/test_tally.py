import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from digitlab.data.parts import NO_DIGIT
from digitlab.training import tally
from digitlab.training.tally import NotFinite, Tally

RIGHT, WRONG = 10 * torch.eye(10), -10 * torch.eye(10)
"""Logits of images of 0 to 9, all read right or all read wrong."""

LABELS = torch.arange(10)


def add(counted: Tally, step: int, logits: Tensor = RIGHT, labels: Tensor = LABELS, loss: float = 0.0) -> None:
    counted.add(step, torch.tensor(loss), logits, labels)


def test_before_the_first_step_there_are_no_figures() -> None:
    counted = Tally()
    assert math.isnan(counted.loss)
    assert math.isnan(counted.accuracy)
    assert all(map(math.isnan, counted.take_recent()))


def test_loss_and_accuracy_are_means_over_the_images_whatever_the_sizes_of_the_steps() -> None:
    counted = Tally()
    add(counted, 1)
    add(counted, 2, WRONG[:5], LABELS[:5])
    everything, labels = torch.cat([RIGHT, WRONG[:5]]), torch.cat([LABELS, LABELS[:5]])
    assert counted.loss == pytest.approx(functional.cross_entropy(everything, labels).item())
    assert counted.accuracy == 10 / 15


def test_the_loss_is_the_plain_cross_entropy_whatever_was_minimised() -> None:
    counted = Tally()
    add(counted, 1, loss=0.6)  # smoothed, say
    assert counted.loss == pytest.approx(functional.cross_entropy(RIGHT, LABELS).item())


def test_images_without_a_digit_count_for_the_loss_and_not_for_the_accuracy() -> None:
    counted = Tally()
    labels = torch.tensor([0, NO_DIGIT])
    add(counted, 1, torch.stack([RIGHT[0], torch.zeros(10)]), labels)
    assert counted.accuracy == 1
    assert counted.loss == pytest.approx(math.log(10) / 2, abs=1e-3)


def test_the_sums_are_the_same_to_the_last_bit_whenever_somebody_asks() -> None:
    random = torch.Generator().manual_seed(1)
    steps = [(torch.randn(7, 10, generator=random), torch.randint(0, 10, (7,), generator=random)) for _ in range(20)]
    asked, quiet = Tally(), Tally()
    for step, (logits, labels) in enumerate(steps):
        add(asked, step, logits, labels)
        add(quiet, step, logits, labels)
        if step % 3 == 0:
            assert math.isfinite(asked.loss)
    assert asked.state_dict() == quiet.state_dict()


def test_a_window_closes_when_it_is_full_and_the_next_begins_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "WINDOW", 20)
    counted = Tally()
    recent = []
    for step, logits in enumerate([RIGHT, RIGHT, WRONG, WRONG, RIGHT]):
        add(counted, step, logits)
        recent.append(counted.take_recent()[1])
    assert [accuracy for accuracy in recent if not math.isnan(accuracy)] == [1, 0]
    assert [place for place, accuracy in enumerate(recent) if not math.isnan(accuracy)] == [1, 3]


def test_a_window_that_holds_no_digit_waits_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "WINDOW", 10)
    counted = Tally()
    add(counted, 1, labels=torch.full((10,), NO_DIGIT))
    assert math.isnan(counted.take_recent()[1])
    add(counted, 2)
    assert counted.take_recent()[1] == 1


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_loss_that_is_not_finite_is_told_with_its_step(bad: float) -> None:
    counted = Tally()
    add(counted, 41)
    add(counted, 42, loss=bad)
    add(counted, 43, loss=bad)
    with pytest.raises(NotFinite, match=f"The loss became {bad}") as caught:
        counted.settle()
    assert caught.value.step == 42


def test_the_gradients_norms_are_summed_and_counted() -> None:
    counted = Tally()
    counted.add(1, torch.tensor(0.0), RIGHT, LABELS, torch.tensor(2.0))
    counted.add(2, torch.tensor(0.0), RIGHT, LABELS)
    counted.add(3, torch.tensor(0.0), RIGHT, LABELS, torch.tensor(4.0))
    sums = counted.settle()
    assert (sums.gradient_norm, sums.gradients) == (6.0, 2)


def test_a_tally_goes_on_from_its_state_with_a_new_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "WINDOW", 20)
    first, second = Tally(), Tally()
    add(first, 1, WRONG)
    second.load_state_dict(first.state_dict())
    assert second.accuracy == 0
    add(second, 2)
    assert all(map(math.isnan, second.take_recent())), "the ten of before do not fill this window"
    add(second, 3)
    assert second.take_recent()[1] == 1
