import torch
from sklearn.datasets import load_digits

from digitlab.data import PartName
from digitlab.data.sklearn_digits import load_sklearn_digits


def test_the_three_parts_are_disjoint_and_hold_all_1797_digits() -> None:
    parts = [load_sklearn_digits(name, 0.1) for name in PartName]
    assert [len(part) for part in parts] == [1294, 144, 359]
    labels = torch.cat([part.labels for part in parts])
    assert labels.bincount().tolist() == torch.tensor(load_digits().target).bincount().tolist()


def test_the_test_part_does_not_depend_on_the_validation_share() -> None:
    prints = {load_sklearn_digits(PartName.TEST, share).fingerprint() for share in (0.01, 0.5)}
    assert len(prints) == 1


def test_images_are_prepared_like_any_drawing() -> None:
    images = load_sklearn_digits(PartName.TEST, 0.1).images
    assert images.dtype == torch.uint8
    assert (images.amax((1, 2)) == 255).all()
    tall, wide = images.amax(2) > 0, images.amax(1) > 0
    assert torch.maximum(tall.sum(1), wide.sum(1)).max() == 20
