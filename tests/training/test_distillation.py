from collections.abc import Callable

import pytest
import torch
from torch.nn import functional

from digitlab.config import TrainConfig
from digitlab.data.parts import Part
from digitlab.models import build_model, compute_logits, nine_views, to_input
from digitlab.training.distillation import Distillation
from digitlab.training.trainer import Trainer
from tests.training.toy_training import CNN, SOFTMAX, Watch, same, through_a_file

DISTILLED = CNN.replace(epochs=3, distillation_epochs=2, weight_averaging=0.9)
TWO_ROUNDS = DISTILLED.replace(epochs=9, distillation_epochs=8)
"""Of four epochs each, of four steps each."""


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(3)


@pytest.mark.parametrize("name", ["softmax", "cnn", "cnn-views"])
def test_an_answer_is_the_mean_of_five_looks_one_of_them_at_the_image_as_it_is(
    name: str, make_part: Callable[..., Part]
) -> None:
    model, x = build_model(name, seed=1).eval(), to_input(make_part(8).images)
    answers = Distillation(model, torch.float32).answers(x, seeded())
    *moved, plain = nine_views(x)
    views = [plain, *(moved[view] for view in torch.randperm(8, generator=seeded())[:4].tolist())]
    once = build_model("cnn-deep" if name == "cnn-views" else name, seed=1).eval()
    by_hand = sum(functional.softmax(once(view), 1) for view in views) / 5
    assert torch.allclose(answers, by_hand, atol=1e-6)
    assert torch.allclose(answers.sum(1), torch.ones(8))


def test_teachers_answer_as_much_as_the_model_at_the_same_looks(make_part: Callable[..., Part]) -> None:
    x = to_input(make_part(8).images)
    models = [build_model(name, 0.5, seed=seed) for name, seed in (("cnn", 1), ("cnn-views", 2), ("softmax", 3))]
    answers = Distillation(models[0], torch.float32, models[1:]).answers(x, seeded())
    alone = [Distillation(model, torch.float32).answers(x, seeded()) for model in models]
    assert torch.allclose(answers, sum(alone) / 3, atol=1e-6)


def test_teachers_stay_as_they_are(make_trainer: Callable[..., Trainer]) -> None:
    teacher = build_model("cnn", 0.5, seed=9)
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    make_trainer(DISTILLED, teachers=[teacher]).run()
    assert same(teacher.state_dict(), before)


def test_what_a_teacher_says_is_learned_in_the_epochs_of_distillation_alone(
    make_trainer: Callable[..., Trainer],
) -> None:
    hooks = Watch(stop_after=4)
    taught, alone = make_trainer(DISTILLED, hooks, teachers=[build_model("cnn", seed=9)]), make_trainer(DISTILLED)
    taught.run()
    alone.hooks = Watch(stop_after=4)
    alone.run()
    assert same(taught.model.state_dict(), alone.model.state_dict())
    hooks.stop_after = None
    for trainer in (taught, alone):
        trainer.run()
    assert not same(taught.model.state_dict(), alone.model.state_dict())


def test_each_batch_is_looked_at_in_other_ways(make_part: Callable[..., Part]) -> None:
    x, random = to_input(make_part(8).images), seeded()
    distillation = Distillation(build_model("cnn"), torch.float32)
    assert not torch.equal(distillation.answers(x, random), distillation.answers(x, random))


def test_the_answers_stay_those_of_before_while_the_model_learns_on(make_part: Callable[..., Part]) -> None:
    model, x = build_model("cnn", 0.5), to_input(make_part(8).images)
    distillation = Distillation(model, torch.float32)
    before = distillation.answers(x, seeded())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1.0)
    model.train()(x)
    assert torch.equal(distillation.answers(x, seeded()), before)
    assert model.training


def test_the_epochs_before_are_those_of_a_training_without_it(make_trainer: Callable[..., Trainer]) -> None:
    plain, hooks = make_trainer(DISTILLED.replace(epochs=1, distillation_epochs=0)), Watch(stop_after=4)
    distilled = make_trainer(DISTILLED, hooks)
    plain.run()
    distilled.run()
    assert distilled.epoch == plain.epoch == 1
    assert distilled.distillation is None
    assert same(distilled.model.state_dict(), plain.model.state_dict())
    distilled.run()
    assert distilled.finished
    assert distilled.distillation is not None


@pytest.mark.parametrize("averaging", [0.0, 0.9])
@pytest.mark.parametrize(("config", "step"), [(DISTILLED, 4), (TWO_ROUNDS, 4), (TWO_ROUNDS, 20)])
def test_each_round_begins_with_what_was_learned(
    config: TrainConfig, step: int, averaging: float, make_trainer: Callable[..., Trainer]
) -> None:
    hooks = Watch(stop_after=step)
    trainer = make_trainer(config.replace(weight_averaging=averaging), hooks)
    trainer.run()
    learned = {name: value.clone() for name, value in trainer.learned.state_dict().items()}
    hooks.stop_after = step + 1
    trainer.run()
    assert trainer.distillation
    assert same(trainer.distillation.state_dict(), learned)


@pytest.mark.parametrize("averaging", [0.0, 0.9])
@pytest.mark.parametrize(
    ("config", "step"),
    [*((DISTILLED, step) for step in (3, 4, 5, 8, 11)), *((TWO_ROUNDS, step) for step in (19, 20, 22))],
)
def test_a_stopped_one_goes_on_to_bit_identical_weights(
    config: TrainConfig, step: int, averaging: float, make_trainer: Callable[..., Trainer]
) -> None:
    config, teachers = config.replace(weight_averaging=averaging), [build_model("cnn", seed=9)]
    whole = make_trainer(config, teachers=teachers)
    whole.run()
    first = make_trainer(config, Watch(stop_after=step), teachers=teachers)
    first.run()
    second = make_trainer(config, teachers=teachers)
    second.load_state_dict(through_a_file(first.state_dict()))
    second.run()
    assert same(second.model.state_dict(), whole.model.state_dict())
    assert same(second.learned.state_dict(), whole.learned.state_dict())
    assert same(second.chosen_weights, whole.chosen_weights)


def test_one_look_comes_closer_to_the_mean_of_several(make_trainer: Callable[..., Trainer]) -> None:
    hooks = Watch(stop_after=20)
    config = SOFTMAX.replace(epochs=45, distillation_epochs=40, learning_rate=1.0, momentum=0.9, schedule="constant")
    trainer = make_trainer(config, hooks)
    trainer.run()
    x = to_input(trainer.train.of_epoch(0).images)
    former = Distillation(trainer.model, torch.float32)
    meant = torch.stack([former.answers(x, torch.Generator().manual_seed(seed)) for seed in range(20)]).mean(0)

    def distance() -> float:
        logits = compute_logits(trainer.model, trainer.train.of_epoch(0).images)
        return functional.kl_div(functional.log_softmax(logits, 1), meant, reduction="batchmean").item()

    before = distance()
    trainer.run()
    assert distance() < 0.8 * before


def test_a_fine_tuning_may_distil_from_its_first_step(make_trainer: Callable[..., Trainer]) -> None:
    trainer = make_trainer(CNN.replace(epochs=1, distillation_epochs=5, start_from="cnn"), Watch(stop_after=1))
    trainer.run()
    assert trainer.distillation
