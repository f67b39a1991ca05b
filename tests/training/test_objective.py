import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from digitlab.data.parts import NO_DIGIT, Part
from digitlab.models import build_model, compute_logits
from digitlab.training.objective import compute_loss
from digitlab.training.trainer import Hooks, Trainer
from tests.training.toy_training import CNN, SOFTMAX, Watch, same, through_a_file

AVERAGED = CNN.replace(weight_averaging=0.9)


@pytest.mark.parametrize("step", [1, 4, 6])
def test_an_averaged_training_goes_on_to_bit_identical_weights(step: int, make_trainer: Callable[..., Trainer]) -> None:
    whole = make_trainer(AVERAGED)
    whole.run()
    first = make_trainer(AVERAGED, Watch(stop_after=step))
    first.run()
    state = through_a_file(first.state_dict())
    second = make_trainer(AVERAGED)
    second.load_state_dict(state)
    second.run()
    assert same(second.model.state_dict(), whole.model.state_dict())
    assert same(second.learned.state_dict(), whole.learned.state_dict())
    assert same(second.chosen_weights, whole.chosen_weights)


def test_the_average_is_what_is_kept_and_lies_between_the_weights_of_the_steps(
    make_trainer: Callable[..., Trainer],
) -> None:
    class Note(Hooks):
        def __init__(self) -> None:
            self.weights: list[Tensor] = []

        def on_step(self, trainer: Trainer) -> None:
            self.weights.append(trainer.model.linear.weight.detach().clone())

    note = Note()
    trainer = make_trainer(SOFTMAX.replace(epochs=1, weight_averaging=0.9), note)
    trainer.run()
    steps = torch.stack(note.weights)
    chosen = trainer.chosen_weights["linear.weight"]
    assert (chosen >= steps.amin(0) - 1e-6).all() and (chosen <= steps.amax(0) + 1e-6).all()
    assert not torch.equal(chosen, steps[-1])


def test_without_averaging_the_model_itself_is_kept(make_trainer: Callable[..., Trainer]) -> None:
    trainer = make_trainer(SOFTMAX)
    assert trainer.learned is trainer.model


LIKELY = [math.log(11)] + [0.0] * 9
"""Logits whose softmax is 11/20 for the 0 and 1/20 for each other digit."""

EVEN = [0.0] * 10
HALF = math.log(20 / 11)
TWENTIETH = math.log(20)
"""The cross-entropies of the two probabilities."""

AGAINST_EVEN = (HALF + 9 * TWENTIETH) / 10
"""Of LIKELY against all ten digits being equally likely."""


@pytest.mark.parametrize(
    ("images", "by_hand"),
    [
        ([(LIKELY, 0), (LIKELY, 3), (LIKELY, NO_DIGIT)], (HALF + TWENTIETH + AGAINST_EVEN) / 3),
        (
            [(LIKELY, 0), (LIKELY, NO_DIGIT), (LIKELY, NO_DIGIT), (EVEN, NO_DIGIT)],
            (HALF + 2 * AGAINST_EVEN + math.log(10)) / 4,
        ),
        ([(LIKELY, NO_DIGIT)], AGAINST_EVEN),
        ([(LIKELY, 0), (EVEN, 9)], (HALF + math.log(10)) / 2),
    ],
)
def test_the_loss_of_digits_and_non_digits_is_their_mean_done_by_hand(
    images: list[tuple[list[float], int]], by_hand: float
) -> None:
    logits, labels = (torch.tensor(column) for column in zip(*images, strict=True))
    loss = compute_loss(logits, labels, SOFTMAX.replace(non_digits=0.5))
    assert loss.item() == pytest.approx(by_hand, rel=1e-5)


def test_smoothing_moves_a_share_of_a_digits_target_and_nothing_of_a_non_digits() -> None:
    logits, labels = torch.tensor([LIKELY, LIKELY]), torch.tensor([0, NO_DIGIT])
    loss = compute_loss(logits, labels, SOFTMAX.replace(non_digits=0.5, label_smoothing=0.2))
    assert loss.item() == pytest.approx((0.8 * HALF + 0.2 * AGAINST_EVEN + AGAINST_EVEN) / 2, rel=1e-5)


def test_former_answers_count_for_seven_tenths_of_the_loss() -> None:
    logits, labels = torch.tensor([LIKELY, EVEN]), torch.tensor([0, NO_DIGIT])
    answers = torch.tensor([[0.5, 0.5] + [0.0] * 8, [0.1] * 10])
    by_answers = ((HALF + TWENTIETH) / 2 + math.log(10)) / 2
    by_labels = (HALF + math.log(10)) / 2
    loss = compute_loss(logits, labels, CNN.replace(non_digits=0.5), answers)
    assert loss.item() == pytest.approx(0.7 * by_answers + 0.3 * by_labels)


def test_without_non_digits_the_loss_is_the_mean_cross_entropy() -> None:
    loss = compute_loss(torch.tensor([LIKELY, LIKELY, EVEN]), torch.tensor([0, 3, 7]), SOFTMAX)
    assert loss.item() == pytest.approx((HALF + TWENTIETH + math.log(10)) / 3, rel=1e-5)


def with_non_digits(part: Part, count: int) -> Part:
    """The part and, after it, so many images of even grey without a digit."""
    grey = torch.full((count, 28, 28), 128, dtype=torch.uint8)
    return Part(torch.cat([part.images, grey]), torch.cat([part.labels, torch.full((count,), -1)]))


def test_a_model_learns_to_be_unsure_of_images_without_a_digit(make_part: Callable[..., Part]) -> None:
    torch.manual_seed(0)
    config = SOFTMAX.replace(epochs=20, non_digits=0.5)
    watch = Watch()
    trainer = Trainer(
        build_model("softmax"), with_non_digits(make_part(200), 100), make_part(50, seed=1), config, watch
    )
    trainer.run()
    grey = torch.full((1, 28, 28), 128, dtype=torch.uint8)
    assert compute_logits(trainer.model, grey).softmax(1).max() < 0.3
    assert watch.records[-1].train_accuracy > 0.9, "images without a digit do not count"
    assert watch.records[-1].validation_accuracy > 0.9


def test_images_that_change_with_the_epoch_are_asked_for_each_epoch_once(make_part: Callable[..., Part]) -> None:
    asked: list[int] = []

    class Fresh:
        def __len__(self) -> int:
            return 60

        def of_epoch(self, epoch: int) -> Part:
            asked.append(epoch)
            return make_part(60, seed=epoch)

    Trainer(build_model("softmax"), Fresh(), make_part(20, seed=9), SOFTMAX).run()
    assert asked == [0, 1, 2]
