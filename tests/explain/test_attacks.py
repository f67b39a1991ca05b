from collections.abc import Callable
from threading import Thread

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from torch import nn

from digitlab.data.parts import Part
from digitlab.explain.attacks import ATTACKS, Attack, _margin
from digitlab.models import build_model, compute_logits, to_input

each = pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))


@pytest.fixture
def toys(make_part: Callable[..., Part]) -> tuple[np.ndarray, np.ndarray]:
    part = make_part(12)
    return part.images.numpy(), part.labels.numpy()


def loss_of(model: nn.Module, images: np.ndarray, labels: np.ndarray) -> float:
    return float(nn.functional.cross_entropy(compute_logits(model, torch.tensor(images)), torch.tensor(labels)))


@each
@pytest.mark.parametrize("name", ["softmax", "cnn-small", "cnn"])
@pytest.mark.parametrize("epsilon", [1, 7.5, 32, 255])
def test_an_attack_stays_within_epsilon_and_in_0_to_255(
    attack: Attack, name: str, epsilon: float, toys: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = toys
    images = np.concatenate([images, np.zeros((1, 28, 28), np.uint8), np.full((1, 28, 28), 255, np.uint8)])
    attacked = attack.apply(build_model(name, seed=0), images, np.append(labels, [3, 5]), epsilon)
    assert attacked.dtype == np.uint8
    assert attacked.shape == images.shape
    change = np.abs(attacked.astype(int) - images.astype(int))
    assert 0 < change.max() <= epsilon


@each
@pytest.mark.parametrize("name", ["softmax", "cnn"])
def test_an_attack_makes_the_right_answer_less_likely(
    attack: Attack, name: str, toys: tuple[np.ndarray, np.ndarray]
) -> None:
    model = build_model(name, seed=1).eval()
    assert loss_of(model, attack.apply(model, *toys, 16), toys[1]) > loss_of(model, *toys)


@each
def test_epsilon_0_changes_nothing(attack: Attack, toys: tuple[np.ndarray, np.ndarray]) -> None:
    assert_array_equal(attack.apply(build_model("softmax", seed=0), *toys, 0), toys[0])


def test_fgsm_adds_the_sign_of_a_linear_models_slope() -> None:
    model = build_model("softmax", seed=0)
    with torch.no_grad():
        model.linear.weight.zero_()
        model.linear.weight[3, :392], model.linear.weight[3, 392:] = 1.0, -1.0  # a 3 is ink above and none below
    grey = np.full((1, 28, 28), 100, np.uint8)
    attacked = ATTACKS["fgsm"].apply(model, grey, np.array([3]), 30)[0]
    assert set(attacked[:14].ravel()) == {70}
    assert set(attacked[14:].ravel()) == {130}


def test_fgsm_works_where_a_model_is_so_sure_that_the_loss_is_flat() -> None:
    model = build_model("softmax", seed=0)
    with torch.no_grad():
        model.linear.bias.copy_(torch.tensor([200.0] + [0.0] * 9))
    images = np.full((1, 28, 28), 100, np.uint8)
    assert loss_of(model, images, np.array([0])) == 0
    assert (ATTACKS["fgsm"].apply(model, images, np.array([0]), 5) != images).mean() > 0.99


def test_the_climbed_margin_rises_with_the_cross_entropy() -> None:
    logits, labels = torch.randn(50, 10, dtype=torch.float64), torch.randint(0, 10, (50,))
    loss = nn.functional.cross_entropy(logits, labels, reduction="none")
    torch.testing.assert_close(loss, nn.functional.softplus(_margin(logits, labels)))


def test_pgd_is_at_least_as_strong_as_fgsm(toys: tuple[np.ndarray, np.ndarray]) -> None:
    model = build_model("cnn", seed=2).eval()
    one_step, many = (loss_of(model, ATTACKS[name].apply(model, *toys, 24), toys[1]) for name in ("fgsm", "pgd"))
    assert many > one_step


@each
def test_the_same_seed_gives_the_same_attack_also_beside_others(
    attack: Attack, toys: tuple[np.ndarray, np.ndarray]
) -> None:
    model = build_model("cnn-small", seed=0)
    alone = attack.apply(model, *toys, 20, seed=4)
    found: list[np.ndarray] = []
    threads = [Thread(target=lambda: found.append(attack.apply(model, *toys, 20, seed=4))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for other in found:
        assert_array_equal(other, alone)


@each
def test_the_model_is_left_as_it_was(attack: Attack, toys: tuple[np.ndarray, np.ndarray]) -> None:
    model = build_model("cnn", seed=0).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    attack.apply(model, *toys, 20)
    assert model.training
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks or module._backward_hooks for module in model.modules())


def test_an_attack_goes_through_the_models_own_normalisation(toys: tuple[np.ndarray, np.ndarray]) -> None:
    """Whole grey levels of ε arrive at the model as that share of the way from paper to ink, not of its own scale."""
    model = build_model("softmax", seed=0)
    images, labels = np.full((1, 28, 28), 100, np.uint8), np.array([4])
    attacked = ATTACKS["fgsm"].apply(model, images, labels, 51)
    moved = to_input(torch.tensor(attacked)) - to_input(torch.tensor(images))
    torch.testing.assert_close(moved.abs(), torch.full_like(moved, 0.2))
