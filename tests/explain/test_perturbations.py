import numpy as np
import pytest
from numpy.testing import assert_array_equal

from digitlab.explain.perturbations import PERTURBATIONS, Perturbation

each = pytest.mark.parametrize("one", PERTURBATIONS.values(), ids=list(PERTURBATIONS))


@pytest.fixture
def images() -> np.ndarray:
    """Three images of random grey."""
    return np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)


def square(top: int, left: int, side: int, level: int = 255) -> np.ndarray:
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, top : top + side, left : left + side] = level
    return image


@each
def test_the_neutral_amount_changes_nothing_and_copies(one: Perturbation, images: np.ndarray) -> None:
    same = one.apply(images, one.neutral)
    assert_array_equal(same, images)
    assert not np.shares_memory(same, images)


@each
def test_every_amount_gives_images_and_leaves_the_originals(one: Perturbation, images: np.ndarray) -> None:
    before = images.copy()
    for amount in {*one.amounts, one.low, one.high}:
        changed = one.apply(images, amount, seed=3)
        assert changed.shape == images.shape
        assert changed.dtype == np.uint8
        assert (amount == one.neutral) == np.array_equal(changed, images)
        assert_array_equal(changed, one.apply(images, amount, seed=3))
    assert_array_equal(images, before)


@each
def test_an_image_is_disturbed_alone_as_it_is_first_among_others(one: Perturbation, images: np.ndarray) -> None:
    assert_array_equal(one.apply(images, one.high)[:1], one.apply(images[:1], one.high))


@each
def test_amounts_rise_can_be_set_and_hold_the_neutral_one(one: Perturbation) -> None:
    assert list(one.amounts) == sorted(set(one.amounts))
    assert 7 <= len(one.amounts) <= 11
    assert one.neutral in one.amounts
    for amount in one.amounts:
        assert one.nearest(amount) == amount
    assert one.nearest(1e9) == one.high
    assert one.nearest(-1e9) == one.low


def test_a_shift_moves_whole_pixels_to_the_right_and_down() -> None:
    ink = square(10, 8, 4)
    assert_array_equal(PERTURBATIONS["shift-across"].apply(ink, 3), square(10, 11, 4))
    assert_array_equal(PERTURBATIONS["shift-down"].apply(ink, -2), square(8, 8, 4))


def test_half_a_pixel_is_shared_by_two() -> None:
    moved = PERTURBATIONS["shift-across"].apply(square(10, 8, 1, 200), 0.5)
    assert moved[0, 10, 8:10].tolist() == [100, 100]
    assert moved.sum() == 200


def test_a_quarter_turn_is_clockwise() -> None:
    image = square(2, 12, 4)  # at the top
    assert_array_equal(PERTURBATIONS["rotation"].apply(image, 90), square(12, 22, 4))  # at the right


def test_half_the_size_is_a_quarter_of_the_ink_about_the_middle() -> None:
    small = PERTURBATIONS["scale"].apply(square(6, 6, 16), 50)[0].astype(float)
    assert small.sum() == pytest.approx(16 * 16 * 255 / 4, rel=0.02)
    assert np.average(np.arange(28), weights=small.sum(0)) == pytest.approx(13.5, abs=0.05)


@pytest.mark.parametrize(("pixels", "width"), [(2, 6), (-2, 2), (4, 8)])
def test_a_bar_grows_and_shrinks_by_so_many_pixels(pixels: int, width: int) -> None:
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, :, 12:16] = 255
    changed = PERTURBATIONS["stroke-width"].apply(bar, pixels)[0]
    assert (changed[14] == 255).sum() == width
    assert set(np.unique(changed)) == {0, 255}


def test_between_whole_pixels_the_edge_is_grey() -> None:
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, :, 12:16] = 200
    assert PERTURBATIONS["stroke-width"].apply(bar, 1)[0, 14, 10:14].tolist() == [0, 100, 200, 200]


def test_contrast_ends_in_one_grey_and_then_in_the_negative(images: np.ndarray) -> None:
    contrast = PERTURBATIONS["contrast"]
    assert set(np.unique(contrast.apply(images, 0))) == {128}
    assert_array_equal(contrast.apply(images, -100), 255 - images)
    assert contrast.apply(square(5, 5, 9), 50)[0, [0, 5], [0, 5]].tolist() == [64, 191]


def test_blur_keeps_the_ink_and_takes_its_peak() -> None:
    ink = square(10, 10, 6)
    blurred = PERTURBATIONS["blur"].apply(ink, 2)
    assert blurred.sum() == pytest.approx(ink.sum(), rel=0.02)
    assert blurred.max() < 200


def test_noise_has_its_standard_deviation_and_follows_from_the_seed() -> None:
    noise, grey = PERTURBATIONS["noise"], np.full((20, 28, 28), 128, np.uint8)
    change = noise.apply(grey, 20, seed=1).astype(float) - grey
    assert change.std() == pytest.approx(20, rel=0.03)
    assert not np.array_equal(noise.apply(grey, 20, seed=1), noise.apply(grey, 20, seed=2))


@pytest.mark.parametrize("seed", range(5))
def test_what_is_covered_is_a_grey_square_somewhere_in_the_image(seed: int) -> None:
    covered = PERTURBATIONS["cover"].apply(np.zeros((4, 28, 28), np.uint8), 8, seed)
    for image in covered:
        rows, columns = np.nonzero(image)
        assert (image > 0).sum() == 64
        assert set(image[image > 0]) == {128}
        assert np.ptp(rows) == np.ptp(columns) == 7
