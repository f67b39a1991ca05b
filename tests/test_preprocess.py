from pathlib import Path

import numpy as np
import pytest

from digitlab.data.parts import PartName
from digitlab.data.registry import load_part
from digitlab.errors import BlankDrawing
from digitlab.ink import CANVAS
from digitlab.preprocess import BOX, SIDE, STEPS, Prepared, crop, prepare_grey, prepare_ink, prepare_picture

THREE = [[[90, 80], [140, 60], [180, 90], [140, 130], [185, 170], [140, 220], [85, 195]]]


def box(image: np.ndarray) -> tuple[int, int]:
    """Height and width of the ink."""
    return crop(image).shape


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    mass = image.astype(float)
    return np.array([mass.sum(1) @ np.arange(SIDE), mass.sum(0) @ np.arange(SIDE)]) / mass.sum()


def on_canvas(image: np.ndarray, top: int, left: int) -> np.ndarray:
    """The image drawn ten times as large somewhere on a black canvas."""
    canvas = np.zeros((500, 500), np.uint8)
    canvas[top : top + 280, left : left + 280] = np.kron(image, np.ones((10, 10), np.uint8))
    return canvas


@pytest.mark.parametrize("place", [(0, 0), (110, 110), (220, 0), (37, 219)])
def test_an_mnist_image_drawn_large_and_prepared_again_comes_back_nearly_the_same(
    place: tuple[int, int], data_folder: Path
) -> None:
    images = load_part("mnist", PartName.TEST, data_folder).images[:200].numpy()
    prepared = np.stack([prepare_grey(on_canvas(image, *place)).image for image in images])
    differences = np.abs(prepared.astype(int) - images).mean((1, 2))
    assert differences.mean() < 0.1  # of 255 grey levels; 15 when the centre is half a pixel off
    assert differences.max() < 1


def test_an_mnist_image_is_the_same_as_a_picture_on_white_paper(data_folder: Path) -> None:
    images = load_part("mnist", PartName.TEST, data_folder).images[:200].numpy()
    prepared = np.stack([prepare_picture(255 - on_canvas(image, 60, 150)).image for image in images])
    assert np.median(np.abs(prepared.astype(int) - images).mean((1, 2))) < 0.1


def test_an_image_is_28_by_28_grey_and_its_strongest_ink_white() -> None:
    image = prepare_ink(THREE).image
    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.uint8
    assert image.max() == 255


@pytest.mark.parametrize("scale", [0.2, 0.5, 1.0, 1.2])
@pytest.mark.parametrize("shift", [(-60, -40), (0, 0), (50, 30)])
def test_size_and_place_on_the_canvas_do_not_matter(scale: float, shift: tuple[int, int]) -> None:
    middle = CANVAS / 2
    moved = [
        [[(x - middle) * scale + middle + shift[0], (y - middle) * scale + middle + shift[1]] for x, y in THREE[0]]
    ]
    image, reference = prepare_ink(moved, 18 * scale).image, prepare_ink(THREE, 18).image
    assert max(box(image)) == BOX
    assert np.abs(image.astype(int) - reference).mean() < 12


@pytest.mark.parametrize("seed", range(10))
def test_the_centre_of_mass_is_within_half_a_pixel_of_mnists(seed: int) -> None:
    ink = [np.random.default_rng(seed).uniform(30, 250, (6, 2)).tolist()]
    prepared = prepare_ink(ink)
    assert np.abs(centre_of_mass(prepared.image) - 14).max() <= 0.51


@pytest.mark.parametrize("shape", [(200, 1), (1, 200), (1, 1), (20, 20), (3, 7), (500, 490), (1000, 2)])
def test_the_longer_side_becomes_20_pixels_whatever_the_proportions(shape: tuple[int, int]) -> None:
    canvas = np.zeros((1100, 600), np.uint8)
    canvas[30 : 30 + shape[0], 50 : 50 + shape[1]] = 255
    height, width = box(prepare_grey(canvas).image)
    assert max(height, width) == BOX
    assert min(height, width) == max(1, round(BOX * min(shape) / max(shape)))


def test_ink_near_all_four_edges_is_kept_whole() -> None:
    edges = np.zeros((280, 280), np.uint8)
    edges[[0, -1]] = edges[:, [0, -1]] = 255
    image = prepare_grey(edges).image
    assert box(image) == (BOX, BOX)
    assert image[4, 4:24].all()
    assert image[4:24, 23].all()


def test_ink_whose_mass_lies_in_one_corner_stays_inside_the_image() -> None:
    corner = np.zeros((200, 200), np.uint8)
    corner[:30, :30] = 255
    corner[199, 199] = 255
    image = prepare_grey(corner).image
    assert image[8:11, 8:11].min() == 255
    assert image.shape == (SIDE, SIDE)


def test_faint_ink_is_stretched_to_white() -> None:
    faint = np.zeros((100, 100), np.uint8)
    faint[20:80, 45:55] = 3
    assert prepare_grey(faint).image.max() == 255


def test_lines_are_smooth_not_jagged() -> None:
    grey = prepare_ink([[[60, 40], [210, 230]]]).image
    assert ((grey > 20) & (grey < 235)).sum() > 20


@pytest.mark.parametrize("ink", [[], [[[-900, -900]]], [[[5000, 100], [5000, 200]]]])
def test_a_canvas_without_ink_raises_blank_drawing(ink: list[list[list[float]]]) -> None:
    with pytest.raises(BlankDrawing, match="Draw a digit first"):
        prepare_ink(ink)


def test_a_black_picture_raises_blank_drawing() -> None:
    with pytest.raises(BlankDrawing):
        prepare_grey(np.zeros((50, 50), np.uint8))


def test_a_single_dot_is_a_round_blot() -> None:
    image = prepare_ink([[[10, 10]]]).image
    assert box(image) == (BOX, BOX)
    assert image[14, 14] == 255
    assert image[4, 4] == 0


def test_the_steps_lead_from_the_drawing_to_the_image() -> None:
    prepared: Prepared = prepare_ink(THREE)
    assert [step.name for step in prepared.steps] == ["drawing", "cropped", "scaled", "centred", "grey"]
    assert all(step.picture.dtype == np.uint8 for step in prepared.steps)
    assert prepared.steps[0].picture.shape == (2 * CANVAS, 2 * CANVAS)
    assert max(prepared.steps[2].picture.shape) == BOX
    assert (prepared.steps[-1].picture == prepared.image).all()


def test_ink_and_a_picture_of_it_give_nearly_the_same_image() -> None:
    by_ink = prepare_ink(THREE)
    by_picture = prepare_picture(255 - by_ink.steps[0].picture)
    assert np.abs(by_ink.image.astype(int) - by_picture.image).mean() < 1


SMALL_SEVEN = [[[30.0, 20.0], [70.0, 20.0], [45.0, 90.0]]]


def test_with_all_steps_nothing_is_left_out() -> None:
    assert (prepare_ink(SMALL_SEVEN, without=()).image == prepare_ink(SMALL_SEVEN).image).all()


def test_without_cropping_a_small_drawing_stays_small() -> None:
    image = prepare_ink(SMALL_SEVEN, without={"crop"}).image
    rows = np.flatnonzero(image.any(1))
    assert rows[-1] - rows[0] < 10


def test_without_scaling_the_drawing_fills_the_whole_image() -> None:
    image = prepare_ink(SMALL_SEVEN, without={"scale"}).image
    assert image[0].any() and image[-1].any() and image[:, 0].any() and image[:, -1].any()


def test_without_centring_the_drawing_stays_in_the_upper_left_corner() -> None:
    image = prepare_ink(SMALL_SEVEN, without={"centre"}).image
    assert image[0].any() and not image[20:].any()


def test_without_grey_a_thin_pen_stays_faint() -> None:
    tall = [[[20.0, 20.0], [200.0, 20.0], [120.0, 260.0]]]
    assert prepare_ink(tall, 4, without={"grey"}).image.max() < 200
    assert prepare_ink(tall, 4).image.max() == 255


@pytest.mark.parametrize("without", [set(STEPS), {"crop", "scale"}, {"crop", "centre"}])
def test_any_steps_can_be_left_out_together(without: set[str]) -> None:
    prepared = prepare_ink(SMALL_SEVEN, without=without)
    assert prepared.image.shape == (28, 28)
    assert [step.name for step in prepared.steps] == ["drawing", "cropped", "scaled", "centred", "grey"]
