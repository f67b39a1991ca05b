import copy
import math
from collections.abc import Callable
from contextlib import suppress

import pytest
import torch
from torch import Tensor

from digitlab.config import TrainConfig
from digitlab.data.parts import Part
from digitlab.errors import BadConfig
from digitlab.models import build_model, compute_logits
from digitlab.training.trainer import Diverged, EpochRecord, Hooks, Trainer
from tests.training.toy_training import CNN, SOFTMAX, Watch, same, through_a_file


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_the_loss_falls_and_the_accuracy_rises(optimizer: str, make_trainer: Callable[..., Trainer]) -> None:
    watch = Watch()
    rate = 0.05 if optimizer == "sgd" else 0.005
    make_trainer(SOFTMAX.replace(epochs=8, optimizer=optimizer, learning_rate=rate), watch, 400).run()
    first, last = watch.records[0], watch.records[-1]
    assert last.train_loss < first.train_loss / 2
    assert last.validation_loss < first.validation_loss
    assert last.train_accuracy > 0.9


def test_a_cnn_learns_the_toy_digits(make_trainer: Callable[..., Trainer]) -> None:
    watch = Watch()
    make_trainer(CNN.replace(epochs=4, augmentation="none"), watch, 300).run()
    assert watch.records[-1].validation_accuracy > 0.9


@pytest.mark.parametrize("config", [SOFTMAX, CNN], ids=["softmax", "cnn"])
def test_the_same_seed_gives_identical_weights_and_another_does_not(
    config: TrainConfig, make_trainer: Callable[..., Trainer]
) -> None:
    def weights(seed: int) -> dict[str, Tensor]:
        trainer = make_trainer(config.replace(seed=seed))
        trainer.run()
        return trainer.model.state_dict()

    assert same(weights(0), weights(0))
    assert not same(weights(0), weights(1))


def test_the_seed_decides_order_and_augmentation_not_only_fresh_weights(make_trainer: Callable[..., Trainer]) -> None:
    one, other = make_trainer(CNN.replace(dropout=0.0)), make_trainer(CNN.replace(dropout=0.0, seed=1))
    other.model.load_state_dict(one.model.state_dict())
    one.run()
    other.run()
    assert not same(one.model.state_dict(), other.model.state_dict())


def test_equal_models_learn_the_same_whatever_torchs_own_generator_holds(make_part: Callable[..., Part]) -> None:
    fresh = build_model("cnn", CNN.dropout, seed=3)
    weights = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        trainer = Trainer(copy.deepcopy(fresh), make_part(60), make_part(20, seed=1), CNN)
        trainer.run()
        weights.append(trainer.model.state_dict())
    assert same(*weights)


@pytest.mark.parametrize("stop_after", [None, 3])
def test_training_leaves_torchs_own_generator_as_it_was(
    stop_after: int | None, make_trainer: Callable[..., Trainer]
) -> None:
    trainer = make_trainer(CNN, Watch(stop_after))
    torch.manual_seed(77)
    before = torch.get_rng_state()
    trainer.run()
    assert torch.equal(torch.get_rng_state(), before)


def test_a_training_that_fails_also_leaves_torchs_own_generator_as_it_was(
    make_trainer: Callable[..., Trainer],
) -> None:
    class Fail(Hooks):
        def on_step(self, trainer: Trainer) -> None:
            raise KeyboardInterrupt

    trainer = make_trainer(CNN, Fail())
    before = torch.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("config", [SOFTMAX, CNN], ids=["softmax", "cnn"])
@pytest.mark.parametrize("step", [1, 3, 4, 5, 7])
def test_a_stopped_training_goes_on_to_bit_identical_weights(
    config: TrainConfig, step: int, make_trainer: Callable[..., Trainer]
) -> None:
    whole, watch = make_trainer(config, whole_watch := Watch()), Watch(stop_after=step)
    whole.run()

    first = make_trainer(config, watch)
    first.run()
    assert (first.step, first.finished) == (step, False)
    state = through_a_file(first.state_dict())

    torch.manual_seed(999)
    second = make_trainer(config.replace(), watch)
    torch.rand(5)
    watch.stop_after = None
    second.load_state_dict(state)
    second.run()

    assert same(second.model.state_dict(), whole.model.state_dict())
    assert same(second.chosen_weights, whole.chosen_weights)
    assert watch.steps == whole_watch.steps
    assert watch.rates == whole_watch.rates
    assert [r.train_loss for r in watch.records] == [r.train_loss for r in whole_watch.records]


@pytest.mark.parametrize("step", [4, 8])
def test_a_state_saved_within_the_last_step_of_an_epoch_also_goes_on_exactly(
    step: int, make_trainer: Callable[..., Trainer]
) -> None:
    saved: dict[str, object] = {}

    class Save(Hooks):
        def on_step(self, trainer: Trainer) -> None:
            if trainer.step == step:
                saved.update(through_a_file(trainer.state_dict()))

    whole = make_trainer(CNN, Save())
    whole.run()
    second = make_trainer(CNN, watch := Watch())
    second.load_state_dict(saved)
    second.run()
    assert same(second.model.state_dict(), whole.model.state_dict())
    assert [record.step for record in watch.records] == [end for end in (4, 8) if end >= step]


def test_a_state_of_version_0_1_is_still_read(make_trainer: Callable[..., Trainer]) -> None:
    """It called what was chosen the best."""
    whole = make_trainer(CNN)
    whole.run()
    first = make_trainer(CNN, Watch(stop_after=5))
    first.run()
    state = first.state_dict()
    former = {name.replace("chosen_", "best_"): value for name, value in state.items()}
    assert former.keys() - state.keys() == {"best_epoch", "best_loss", "best_weights"}
    second = make_trainer(CNN)
    second.load_state_dict(through_a_file(former))
    assert (second.chosen_epoch, second.chosen_loss) == (1, first.chosen_loss)
    assert same(second.chosen_weights, first.chosen_weights)
    second.run()
    assert same(second.chosen_weights, whole.chosen_weights)


def test_a_trainer_can_be_run_again_after_a_stop(make_trainer: Callable[..., Trainer]) -> None:
    whole = make_trainer(CNN)
    whole.run()
    stopped = make_trainer(CNN, watch := Watch(stop_after=2))
    stopped.run()
    assert stopped.stopping
    watch.stop_after = None
    stopped.run()
    assert stopped.finished
    assert same(stopped.model.state_dict(), whole.model.state_dict())


def test_a_learning_rate_that_is_far_too_high_is_said_to_diverge(make_trainer: Callable[..., Trainer]) -> None:
    config = CNN.replace(learning_rate=100.0, optimizer="sgd", schedule="constant", epochs=50, precision="float32")
    with pytest.raises(Diverged) as caught:
        make_trainer(config).run()
    message = str(caught.value)
    assert "of 200. The learning rate 100 is the likely cause: try a tenth of it." in message
    assert 2 <= int(message.split("at step ")[1].split()[0]) <= 200


def test_no_epochs_leave_the_untrained_weights(make_trainer: Callable[..., Trainer]) -> None:
    trainer = make_trainer(SOFTMAX.replace(epochs=0), watch := Watch())
    before = copy.deepcopy(trainer.model.state_dict())
    trainer.run()
    assert trainer.finished
    assert trainer.steps == 0
    assert same(trainer.chosen_weights, before)
    assert not watch.steps
    assert not watch.records


def test_a_batch_larger_than_the_data_is_one_step_an_epoch(make_trainer: Callable[..., Trainer]) -> None:
    make_trainer(SOFTMAX.replace(batch_size=10_000), watch := Watch()).run()
    assert watch.steps == [1, 2, 3]


def test_one_image_alone_can_be_trained_on(make_trainer: Callable[..., Trainer]) -> None:
    make_trainer(CNN.replace(batch_size=1), watch := Watch(), images=1).run()
    assert watch.steps == [1, 2]


def test_every_image_is_seen_once_an_epoch_in_another_order_each_time(make_trainer: Callable[..., Trainer]) -> None:
    trainer = make_trainer(SOFTMAX)
    seen: list[list[bytes]] = []
    for epoch in range(2):
        trainer.epoch = epoch
        seen.append([image.numpy().tobytes() for image in trainer._shuffled()[0]])
    assert sorted(seen[0]) == sorted(seen[1]) == sorted(image.numpy().tobytes() for image in trainer.train.images)
    assert seen[0] != seen[1]


def test_the_images_are_not_changed_by_training(make_trainer: Callable[..., Trainer]) -> None:
    trainer = make_trainer(CNN)
    before = trainer.train.fingerprint(), trainer.validation.fingerprint()
    trainer.run()
    assert (trainer.train.fingerprint(), trainer.validation.fingerprint()) == before


def test_validation_images_teach_nothing(make_trainer: Callable[..., Trainer], make_part: Callable[..., Part]) -> None:
    one, other = make_trainer(SOFTMAX), make_trainer(SOFTMAX)
    other.validation = make_part(50, seed=7)
    one.run()
    other.run()
    assert same(one.model.state_dict(), other.model.state_dict())


def test_the_chosen_weights_are_those_of_the_lowest_validation_loss(make_trainer: Callable[..., Trainer]) -> None:
    of_epoch: dict[int, dict[str, Tensor]] = {}

    class Keep(Watch):
        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            super().on_epoch(trainer, record)
            of_epoch[record.epoch] = copy.deepcopy(trainer.model.state_dict())

    config = SOFTMAX.replace(epochs=6, learning_rate=2.0, schedule="constant")
    trainer = make_trainer(config, watch := Keep())
    trainer.run()
    best = min(watch.records, key=lambda record: record.validation_loss)
    assert trainer.chosen_epoch == best.epoch
    assert trainer.chosen_loss == best.validation_loss
    assert same(trainer.chosen_weights, of_epoch[best.epoch])
    assert best.epoch < 6  # or else the last epoch's weights would pass as well


def test_the_last_weights_are_kept_where_the_config_says_so(make_trainer: Callable[..., Trainer]) -> None:
    config = SOFTMAX.replace(epochs=6, learning_rate=2.0, schedule="constant", keep="last")
    trainer = make_trainer(config, watch := Watch())
    trainer.run()
    assert min(watch.records, key=lambda record: record.validation_loss).epoch < 6
    assert trainer.chosen_epoch == 6
    assert same(trainer.chosen_weights, trainer.model.state_dict())


def test_a_record_tells_epoch_step_rate_and_figures(make_trainer: Callable[..., Trainer]) -> None:
    trainer = make_trainer(SOFTMAX, watch := Watch())
    trainer.run()
    record = watch.records[-1]
    logits = compute_logits(trainer.model, trainer.validation.images)
    assert (record.epoch, record.step) == (3, 12)
    assert record.learning_rate == watch.rates[-1]
    assert record.validation_accuracy == (logits.argmax(1) == trainer.validation.labels).float().mean().item()
    assert math.isfinite(record.train_loss)
    assert 0 < record.seconds <= trainer.seconds


def test_the_running_figures_begin_anew_with_every_epoch(make_trainer: Callable[..., Trainer]) -> None:
    trainer = make_trainer(SOFTMAX, Watch(stop_after=3))
    assert math.isnan(trainer.training_loss)
    trainer.run()
    assert math.isfinite(trainer.training_loss)
    assert 0 <= trainer.training_accuracy <= 1
    trainer.run()
    assert trainer.finished
    assert math.isnan(trainer.training_loss)


def test_recent_figures_are_means_over_always_as_many_images(
    make_trainer: Callable[..., Trainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often they are asked for: a slow machine, which asks after each step, has no noisier points."""
    monkeypatch.setattr("digitlab.training.tally.WINDOW", 32)
    losses: list[float] = []
    recents: list[float] = []

    class Ask(Watch):
        def on_step(self, trainer: Trainer) -> None:
            losses.append(trainer.training_loss)
            recents.append(trainer.take_recent()[0])
            super().on_step(trainer)

    make_trainer(SOFTMAX, Ask(stop_after=3)).run()
    assert [math.isnan(recent) for recent in recents] == [True, False, True], "two batches of 16 fill a window"
    assert recents[1] == pytest.approx(losses[1]), "the mean over the epoch's first two batches"
    assert losses[1] != pytest.approx(losses[0])


def test_a_window_holds_images_of_one_epoch_alone(
    make_trainer: Callable[..., Trainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.training.tally.WINDOW", 48)
    windows: list[int] = []

    class Ask(Watch):
        def on_step(self, trainer: Trainer) -> None:
            if math.isfinite(trainer.take_recent()[0]):
                windows.append(trainer.step_in_epoch)
            super().on_step(trainer)

    make_trainer(SOFTMAX, Ask()).run()
    assert windows == [3] * SOFTMAX.epochs, "60 images an epoch hold one window of three batches of 16"


def test_recent_figures_of_a_continued_epoch_cover_only_the_steps_since_then(
    make_trainer: Callable[..., Trainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.training.tally.WINDOW", 16)
    first = make_trainer(SOFTMAX, Watch(stop_after=2))
    first.run()
    second = make_trainer(SOFTMAX, watch := Watch(stop_after=3))
    second.load_state_dict(through_a_file(first.state_dict()))
    assert all(map(math.isnan, second.take_recent()))
    second.run()
    loss, accuracy = second.take_recent()
    assert watch.steps == [3]
    assert loss * 16 == pytest.approx(second.training_loss * 48 - first.training_loss * 32)
    assert accuracy * 16 == pytest.approx(round(accuracy * 16)), "a share of the one batch of 16"


def test_label_smoothing_and_weight_decay_change_the_result(make_trainer: Callable[..., Trainer]) -> None:
    def weights(**changes: float) -> dict[str, Tensor]:
        trainer = make_trainer(SOFTMAX.replace(**changes))
        trainer.run()
        return trainer.model.state_dict()

    plain = weights()
    assert not same(weights(label_smoothing=0.2), plain)
    assert not same(weights(weight_decay=0.5), plain)
    assert not same(weights(momentum=0.0), plain)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_both_precisions_train_and_keep_weights_in_float32(
    precision: str, make_trainer: Callable[..., Trainer]
) -> None:
    trainer = make_trainer(CNN.replace(precision=precision), watch := Watch())
    trainer.run()
    assert len(watch.records) == 2
    assert {value.dtype for value in trainer.chosen_weights.values()} <= {torch.float32, torch.int64}


def test_a_device_that_is_not_there_is_refused(
    make_trainer: Callable[..., Trainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BadConfig, match="device is 'cuda'"):
        make_trainer(SOFTMAX.replace(device="cuda"))


def noise(count: int, seed: int) -> Part:
    random = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (count, 28, 28), generator=random).to(torch.uint8)
    return Part(images, torch.randint(0, 10, (count,), generator=random))


def test_the_chosen_weights_of_a_diverging_training_are_finite() -> None:
    config = TrainConfig(
        model="cnn", epochs=3, batch_size=32, optimizer="sgd", learning_rate=100.0, schedule="constant",
        precision="float32",
    )  # fmt: skip
    trainer = Trainer(build_model("cnn"), noise(1200, 0), noise(50, 1), config)
    with suppress(Diverged):  # batch normalisation keeps the loss finite for a while
        trainer.run()
    assert all(value.isfinite().all() for value in trainer.chosen_weights.values())
