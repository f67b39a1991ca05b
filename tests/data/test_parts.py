from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from digitlab.data.parts import Part, from_arrays, hold_out, join
from digitlab.models import build_model


def positions(part: Part, whole: Part) -> set[int]:
    """Where each image of a part is in the whole, whose images are all different."""
    found = {image.numpy().tobytes(): position for position, image in enumerate(whole.images)}
    return {found[image.numpy().tobytes()] for image in part.images}


def test_arrays_become_a_part_with_the_right_types() -> None:
    part = from_arrays([np.zeros((28, 28)), np.ones((28, 28))], [3, 7])
    assert (len(part), part.images.shape, part.images.dtype) == (2, (2, 28, 28), torch.uint8)
    assert part.labels.tolist() == [3, 7]
    assert part.labels.dtype == torch.int64


def test_a_part_is_a_copy_of_its_arrays() -> None:
    images = np.zeros((1, 28, 28), np.uint8)
    part = from_arrays(images, [0])
    images[0, 0, 0] = 9
    assert part.images.max() == 0


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_a_split_is_disjoint_and_complete(share: float, make_part: Callable[..., Part]) -> None:
    whole = make_part(200)
    rest, held = hold_out(whole, share)
    assert len(held) == max(1, round(200 * share))
    assert not positions(rest, whole) & positions(held, whole)
    assert positions(rest, whole) | positions(held, whole) == set(range(200))


def test_a_split_keeps_images_and_labels_together(make_part: Callable[..., Part]) -> None:
    for part in hold_out(make_part(200), 0.3):
        stripes = [image[2 * digit + 4, 4:24].float().mean() for image, digit in zip(*vars(part).values(), strict=True)]
        assert min(stripes) > 120


def test_a_split_is_the_same_every_time_whatever_the_random_state(make_part: Callable[..., Part]) -> None:
    first = hold_out(make_part(100), 0.2)[1].fingerprint()
    torch.manual_seed(5)
    torch.rand(7)
    assert hold_out(make_part(100), 0.2)[1].fingerprint() == first


def test_another_seed_splits_differently(make_part: Callable[..., Part]) -> None:
    whole = make_part(100)
    assert hold_out(whole, 0.2)[1].fingerprint() != hold_out(whole, 0.2, seed=1)[1].fingerprint()


def test_at_least_one_image_is_held_out(make_part: Callable[..., Part]) -> None:
    assert len(hold_out(make_part(5), 0.01)[1]) == 1


def test_joining_keeps_the_order(make_part: Callable[..., Part]) -> None:
    one, two = make_part(3), make_part(4, seed=1)
    both = join([one, two])
    assert both.labels.tolist() == one.labels.tolist() + two.labels.tolist()
    assert (both.images[3:] == two.images).all()


def test_a_fingerprint_names_images_labels_and_order(make_part: Callable[..., Part]) -> None:
    part = make_part(20)
    print_ = part.fingerprint()
    assert print_ == make_part(20).fingerprint()
    assert len(print_) == 16

    pixel, label = make_part(20), make_part(20)
    pixel.images[3, 5, 5] += 1
    label.labels[3] = (label.labels[3] + 1) % 10
    changed = {pixel.fingerprint(), label.fingerprint(), part.select(torch.arange(19, -1, -1)).fingerprint()}
    assert len(changed | {print_}) == 4


def test_the_fingerprint_of_a_view_is_that_of_its_content(make_part: Callable[..., Part]) -> None:
    part = make_part(20)
    view = Part(part.images.transpose(1, 2), part.labels)
    assert view.fingerprint() == Part(view.images.contiguous(), part.labels).fingerprint() != part.fingerprint()


def test_an_image_is_as_models_take_it_and_comes_with_its_digit(make_part: Callable[..., Part]) -> None:
    part = make_part(5)
    image, digit = part[3]
    assert (image.dtype, image.shape) == (torch.float32, (1, 28, 28))
    assert torch.equal((image[0] * 255).round().to(torch.uint8), part.images[3])
    assert type(digit) is int
    assert digit == part.labels[3]
    assert part[-1][1] == part[np.int64(4)][1] == part.labels[4]


def test_a_part_ends_where_it_ends(make_part: Callable[..., Part]) -> None:
    part = make_part(5)
    for index in (5, -6):
        with pytest.raises(IndexError):
            part[index]
    assert [digit for _, digit in part] == part.labels.tolist()


def test_a_slice_of_a_part_is_a_part(make_part: Callable[..., Part]) -> None:
    part = make_part(10)
    some = part[2:9:3]
    assert isinstance(some, Part)
    assert some.labels.tolist() == part.labels.tolist()[2:9:3]
    assert torch.equal(some.images, part.images[2:9:3])
    assert len(part[:0]) == 0


def test_torchs_data_loader_makes_batches_of_a_part(make_part: Callable[..., Part]) -> None:
    part = make_part(10)
    batches = list(DataLoader(part, batch_size=4))
    assert [images.shape for images, _ in batches] == [(4, 1, 28, 28), (4, 1, 28, 28), (2, 1, 28, 28)]
    images, labels = batches[0]
    assert images.dtype == torch.float32
    assert 0 <= images.min() < 0.5 < images.max() <= 1
    assert labels.tolist() == part.labels.tolist()[:4]
    assert labels.dtype == torch.int64
    assert build_model("softmax")(images).shape == (4, 10)
