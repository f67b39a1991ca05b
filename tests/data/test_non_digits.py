import pytest
import torch

from digitlab.data.non_digits import draw_non_digits
from digitlab.data.parts import NO_DIGIT
from digitlab.ink.strokes import Ink, LabelledDrawing

DRAWINGS = [
    LabelledDrawing(ink=[[[0, 0], [40, 0], [20, 60]]], digit=7, writer="anna"),
    LabelledDrawing(ink=[[[0, 0], [30, 10], [0, 30], [40, 60], [0, 70]]], digit=3, writer="anna"),
]


def test_every_image_has_ink_and_no_digit() -> None:
    part = draw_non_digits(DRAWINGS, 40, seed=1)
    assert part.images.shape == (40, 28, 28)
    assert set(part.labels.tolist()) == {NO_DIGIT}
    assert (part.images.amax((1, 2)) == 255).all()


def test_the_seed_alone_decides_and_no_two_images_are_the_same() -> None:
    one, again, other = (draw_non_digits(DRAWINGS, 30, seed).fingerprint() for seed in (1, 1, 2))
    assert one == again != other
    images = draw_non_digits(DRAWINGS, 30, 1).images
    assert len({image.numpy().tobytes() for image in images}) == 30


def test_without_drawings_there_are_scribbles() -> None:
    assert len(draw_non_digits([], 10, 0)) == 10


@pytest.mark.parametrize("digit", [0, 1, 8])
def test_drawings_of_one_digit_only_do_no_harm(digit: int) -> None:
    assert len(draw_non_digits([LabelledDrawing(ink=[[[0, 0], [10, 60]]], digit=digit)], 20, 0)) == 20


def test_half_of_the_images_are_letters_where_there_are_any() -> None:
    dot: Ink = [[[0, 0]]]  # a disc in every hand, with far more ink than any other kind
    images = draw_non_digits(DRAWINGS, 200, 0, [dot]).images
    assert (images.float().mean((1, 2)) > 90).sum() == 100
    assert torch.equal(images, draw_non_digits(DRAWINGS, 200, 0, [dot]).images)
