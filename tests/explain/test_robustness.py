from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from digitlab.data.parts import Part
from digitlab.explain import robustness
from digitlab.explain.attacks import ATTACKS, STEPS
from digitlab.explain.perturbations import PERTURBATIONS
from digitlab.explain.robustness import BATCH, DISTURBANCES, IMAGES, choose_images, cost, count_right, find_right
from digitlab.models import build_model


class Left(nn.Module):
    """Says 1 where the left half has more ink than the right one, else 0; and so for every batch alike."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ink = x[..., :14].sum((1, 2, 3)) - x[..., 14:].sum((1, 2, 3))
        return torch.stack([-ink, ink, *[torch.full_like(ink, -1e6)] * 8], 1)


def dots(columns: list[int], labels: list[int]) -> Part:
    """Images of one dot each."""
    images = torch.zeros(len(columns), 28, 28, dtype=torch.uint8)
    for image, column in zip(images, columns, strict=True):
        image[14, column] = 255
    return Part(images, torch.tensor(labels))


def test_accuracy_under_a_shift_is_as_counted_by_hand() -> None:
    part = dots([4, 8, 12, 13, 20], [1, 1, 1, 1, 0])  # dots at these columns; those left of the middle are ones
    shift = DISTURBANCES["shift-across"]
    right = dict(zip(shift.amounts, count_right(Left(), part, shift) or (), strict=True))
    assert right[0] == 5
    assert right[2] == 3  # 12 and 13 have left the left half
    assert right[6] == 2
    assert right[-6] == 4  # 4 has left the image; 20 has come to 14, which is still right
    assert right[-8] == 3  # and now to 12


def test_an_inverted_image_turns_the_answers_round() -> None:
    part = dots([4, 8, 12, 13, 20], [1, 1, 1, 1, 0])
    found = find_right(Left(), part, DISTURBANCES["contrast"], -100)
    assert found is not None
    assert found.tolist() == [False] * 5


def test_fgsm_needs_half_of_the_lead_on_each_side() -> None:
    """A dot of 255 leads the other half by 1; ε takes it from the dot and gives ε to each of 392 pixels there."""
    part = dots([4, 20], [1, 0])
    assert count_right(Left(), part, DISTURBANCES["fgsm"]) == (2, *[0] * 8)


def test_an_image_that_a_search_leads_astray_stays_so_and_is_not_searched_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of three is led astray at 8, another at 16; from 24 on no search finds anything."""
    found = iter([[True] * 3, [False, True, True], [True, False], *[[True]] * 6])
    asked: list[tuple[float, int]] = []
    told: list[int] = []

    def by_hand(_model: object, left: Part, _one: object, amount: float, _go_on: object) -> torch.Tensor:
        asked.append((amount, len(left)))
        return torch.tensor(next(found))

    def go_on(_amount: float, images: int) -> bool:
        told.append(images)
        return True

    monkeypatch.setattr(robustness, "find_right", by_hand)
    right = count_right(Left(), dots([4, 5, 6], [1, 1, 1]), ATTACKS["pgd"], go_on)
    assert right == (3, 2, 1, 1, 1, 1, 1, 1, 1)
    assert asked[:4] == [(0, 3), (8, 3), (16, 2), (24, 1)]
    assert told[:4] == [0, 0, 1, 2]  # those that are not searched again count as done


def test_the_chosen_images_are_drawn_once_for_all(make_part: Callable[..., Part]) -> None:
    part = make_part(IMAGES + 500)
    chosen = choose_images(part)
    assert len(chosen) == IMAGES
    assert chosen.fingerprint() == choose_images(part).fingerprint()
    assert len(choose_images(part[:30])) == 30
    positions = [int((part.images == image).all((1, 2)).nonzero()[0, 0]) for image in chosen.images[:20]]
    assert positions == sorted(positions)
    assert positions != list(range(20))


def test_whoever_says_no_ends_the_count(make_part: Callable[..., Part]) -> None:
    told: list[tuple[float, int]] = []

    def go_on(amount: float, images: int) -> bool:
        told.append((amount, images))
        return len(told) < 2

    part = make_part(2 * BATCH + 5)
    assert count_right(build_model("softmax", seed=0), part, PERTURBATIONS["blur"], go_on) is None
    assert told == [(0.0, BATCH), (0.0, BATCH)]


def test_every_image_is_told_and_disturbed_by_chance_of_its_own(make_part: Callable[..., Part]) -> None:
    told: list[int] = []
    seen: list[np.ndarray] = []

    class Watching(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.extend(x.numpy())
            return torch.zeros(len(x), 10)

    part = Part(torch.full((2 * BATCH + 5, 28, 28), 100, dtype=torch.uint8), torch.zeros(2 * BATCH + 5).long())
    find_right(Watching(), part, PERTURBATIONS["noise"], 30.0, lambda _amount, images: not told.append(images))
    assert told == [BATCH, BATCH, 5]
    assert len({image.tobytes() for image in seen}) == len(part)


@pytest.mark.parametrize(("name", "readings"), [("rotation", 1), ("fgsm", 4), ("pgd", 1 + 3 * STEPS)])
def test_an_attack_costs_its_gradients(name: str, readings: int) -> None:
    assert cost(DISTURBANCES[name]) == readings
