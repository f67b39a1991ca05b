import pytest
import torch
from torch import Tensor

from digitlab.data.augment import augment


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def digits() -> Tensor:
    """A bright block in the middle of each image."""
    images = torch.zeros(64, 1, 28, 28)
    images[:, :, 8:20, 10:18] = 1
    return images


def test_none_leaves_images_and_generator_alone(digits: Tensor) -> None:
    random = seeded()
    before = random.get_state()
    assert augment(digits, "none", random) is digits
    assert (random.get_state() == before).all()


@pytest.mark.parametrize("kind", ["affine", "elastic"])
def test_every_image_changes_in_its_own_way(kind: str, digits: Tensor) -> None:
    changed = augment(digits, kind, seeded())
    assert changed.shape == digits.shape
    assert len({image.numpy().tobytes() for image in changed}) == len(digits)


@pytest.mark.parametrize("kind", ["affine", "elastic"])
def test_the_same_generator_state_gives_the_same_changes(kind: str, digits: Tensor) -> None:
    assert torch.equal(augment(digits, kind, seeded(1)), augment(digits, kind, seeded(1)))
    assert not torch.equal(augment(digits, kind, seeded(1)), augment(digits, kind, seeded(2)))


@pytest.mark.parametrize("kind", ["affine", "elastic"])
def test_changes_are_small_enough_to_leave_the_digit_the_same(kind: str, digits: Tensor) -> None:
    changed = augment(digits, kind, seeded())
    assert changed.min() >= 0
    assert changed.max() <= 1.0001
    mass = changed.sum((1, 2, 3)) / digits.sum((1, 2, 3))
    assert mass.min() > 0.7
    assert mass.max() < 1.4
    overlap = (changed * digits).sum((1, 2, 3)) / digits.sum((1, 2, 3))
    assert overlap.min() > 0.55


def test_elastic_bends_straight_edges_and_affine_does_not(digits: Tensor) -> None:
    def roughness(images: Tensor) -> float:
        """How far the left edge, row by row, is from a straight line."""
        edge = images[:, 0, 10:18, :14].sum(2)
        return (edge[:, 2:] - 2 * edge[:, 1:-1] + edge[:, :-2]).abs().mean().item()

    assert roughness(augment(digits, "elastic", seeded())) > 1.5 * roughness(augment(digits, "affine", seeded()))


def test_the_input_is_not_changed(digits: Tensor) -> None:
    before = digits.clone()
    augment(digits, "elastic", seeded())
    assert torch.equal(digits, before)
