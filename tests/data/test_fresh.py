from collections.abc import Callable

from digitlab.data.fresh import FreshImages, InkSet
from digitlab.data.ink_file import Drawing
from digitlab.data.parts import NO_DIGIT, Part

SEVEN = Drawing([[[0, 0], [40, 0], [20, 60]]], 7, "anna")


def images(make_part: Callable[..., Part], non_digits: float = 0.0) -> FreshImages:
    return FreshImages([make_part(10)], [InkSet([SEVEN], 3)], non_digits)


def test_pictures_stay_and_drawings_are_new_in_every_epoch(make_part: Callable[..., Part]) -> None:
    fresh = images(make_part)
    first, second = fresh.of_epoch(0), fresh.of_epoch(1)
    assert first.images[:10].equal(second.images[:10])
    assert first.labels.tolist()[10:] == [7, 7, 7]
    assert not any(a.equal(b) for a in first.images[10:] for b in second.images[10:])


def test_an_epoch_can_be_made_again(make_part: Callable[..., Part]) -> None:
    assert images(make_part, 0.5).of_epoch(4).fingerprint() == images(make_part, 0.5).of_epoch(4).fingerprint()


def test_the_number_of_images_is_the_same_in_every_epoch_and_known_before(make_part: Callable[..., Part]) -> None:
    fresh = images(make_part, non_digits=0.5)
    assert len(fresh) == 10 + 3 + 6 == len(fresh.of_epoch(0)) == len(fresh.of_epoch(7))
    assert fresh.of_epoch(0).labels.tolist().count(NO_DIGIT) == 6
