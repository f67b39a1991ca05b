import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.errors import BadInk, BadPicture, BlankDrawing
from digitlab.image import SIDE
from digitlab.image.prepare import (
    BOX,
    STEPS,
    Prepared,
    as_images,
    crop,
    prepare,
    prepare_grey,
    prepare_ink,
    prepare_picture,
    scale,
)
from digitlab.ink.strokes import CANVAS, Drawing, LabelledDrawing
from digitlab.models import to_input

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


@pytest.mark.long
def test_an_mnist_image_is_the_same_as_a_picture_on_white_paper(data_folder: Path) -> None:
    images = load_part("mnist", PartName.TEST, data_folder).images[:200].numpy()
    prepared = np.stack([prepare_picture(255 - on_canvas(image, 60, 150)).image for image in images])
    assert np.median(np.abs(prepared.astype(int) - images).mean((1, 2))) < 0.1


def test_an_image_is_28_by_28_grey_and_its_strongest_ink_white() -> None:
    image = prepare_ink(THREE).image
    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.uint8
    assert image.max() == 255


@pytest.mark.parametrize("factor", [0.2, 0.5, 1.0, 1.2])
@pytest.mark.parametrize("shift", [(-60, -40), (0, 0), (50, 30)])
def test_size_and_place_on_the_canvas_do_not_matter(factor: float, shift: tuple[int, int]) -> None:
    middle = CANVAS / 2
    moved = [
        [[(x - middle) * factor + middle + shift[0], (y - middle) * factor + middle + shift[1]] for x, y in THREE[0]]
    ]
    image, reference = prepare_ink(moved, 18 * factor).image, prepare_ink(THREE, 18).image
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


def test_shrinking_averages_over_whole_areas() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 40)).astype(np.uint8)
    blocks = picture.reshape(20, 2, 20, 2).mean((1, 3))
    assert scale(picture) == pytest.approx(blocks, abs=0.01)


def test_enlarging_goes_evenly_from_one_pixel_to_the_next() -> None:
    """Each pixel becomes 10: between their middles, from column 4.5 to column 14.5, the grey rises evenly."""
    enlarged = scale(np.array([[0, 200]], np.uint8))
    expected = [0.0] * 5 + [10.0 + 20 * step for step in range(10)] + [200.0] * 5
    assert enlarged.shape == (10, 20)
    assert enlarged == pytest.approx(np.tile(expected, (10, 1)), abs=0.01)


INK = np.zeros((80, 60), np.uint8)
INK[10:70, 25:35] = INK[60:70, 25:50] = 255
"""An L, white on black."""

AS_PREPARED = prepare_grey(INK).image


def as_file(picture: Image.Image, folder: Path) -> Path:
    picture.save(folder / "L.png")
    return folder / "L.png"


def test_a_path_and_the_bytes_of_a_file_are_prepared(tmp_path: Path) -> None:
    file = as_file(Image.fromarray(255 - INK), tmp_path)
    for given in (file, str(file), file.read_bytes()):
        assert (prepare(given).image == AS_PREPARED).all()


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "CMYK", "I;16", "F"])
@pytest.mark.parametrize("size", [(60, 80), (600, 800), (1800, 2400)])
def test_a_pil_image_of_any_mode_and_size_is_prepared(mode: str, size: tuple[int, int]) -> None:
    grey = Image.fromarray(255 - INK).resize(size, Image.Resampling.NEAREST)
    picture = Image.fromarray(np.asarray(grey, np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    assert picture.mode == mode
    assert np.abs(prepare(picture).image.astype(int) - AS_PREPARED).mean() < 1


@pytest.mark.parametrize(
    "given",
    [
        INK,
        255 - INK,
        INK.astype(np.int64),
        INK / 255,
        (INK / 255).astype(np.float32),
        INK > 0,
        np.stack([INK] * 3, 2),
        np.stack([INK] * 3, 2) / 255,
        np.stack([*[255 - INK] * 3, np.full_like(INK, 255)], 2),
        torch.tensor(INK),
        torch.tensor(INK) / 255,
    ],
    ids=["grey", "dark", "int64", "float64", "float32", "bool", "colours", "colour floats", "rgba", "tensor", "floats"],
)
def test_an_array_is_prepared_whatever_its_numbers_are(given: object) -> None:
    assert (prepare(given).image == AS_PREPARED).all()


def test_ink_and_drawings_are_prepared_with_their_pens() -> None:
    assert (prepare(THREE).image == prepare_ink(THREE).image).all()
    assert (prepare(Drawing(ink=THREE, pen_width=40.0)).image == prepare_ink(THREE, 40.0).image).all()
    labelled = LabelledDrawing(ink=THREE, pen_width=9.0, digit=3)
    assert (prepare(labelled).image == prepare_ink(THREE, 9.0).image).all()
    assert (prepare(THREE).image != prepare(labelled).image).any()


@pytest.mark.parametrize("given", [THREE, Drawing(ink=THREE), INK, Image.fromarray(INK)])
def test_steps_are_left_out_of_whatever_is_given(given: object) -> None:
    image = prepare(given, without={"centre"}).image
    assert image[0].any() and not image[20:].any()


@pytest.mark.parametrize("given", [np.zeros((5, 5), np.uint8), np.ones((5, 5)), Image.new("L", (9, 9)), []])
def test_what_is_blank_raises_blank_drawing(given: object) -> None:
    with pytest.raises(BlankDrawing):
        prepare(given)


NO_PICTURES = [
    None,
    7,
    {},
    object(),
    np.array(["seven"]),
    np.zeros((28, 28), complex),
    np.zeros(784),
    np.zeros((2, 2, 2, 2, 2)),
    np.zeros((0, 28)),
    INK / 255 * 1.01,
    INK.astype(float),
    INK.astype(int) - 1,
    INK.astype(int) * 2,
    np.where(INK > 0, np.nan, 0.0),
    np.where(INK > 0, np.inf, 0.0),
    torch.ones(28, 28, requires_grad=True),
]
"""What is neither a picture nor an image."""


@pytest.mark.parametrize(
    "given", [*NO_PICTURES, np.zeros((9, 9, 1), np.uint8), np.zeros((9, 9, 2)), np.zeros((1, 28, 28)), "no\0file", b""]
)
def test_what_shows_no_digit_is_refused_in_one_line(given: object) -> None:
    with pytest.raises(BadPicture) as caught:
        prepare(given)
    assert re.fullmatch(r"[^\n]+[^.]\. [^\n]+[^.]\.", str(caught.value))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("given", [["seven"], [[[1, 2], [3]]], [1, 2], [np.zeros((28, 28))]])
def test_a_list_that_is_no_ink_is_refused_in_one_line(given: object) -> None:
    with pytest.raises(BadInk) as caught:
        prepare(given)
    assert "\n" not in str(caught.value)


IMAGES = np.random.default_rng(1).integers(0, 256, (2, 28, 28)).astype(np.uint8)


@pytest.mark.parametrize(
    "given",
    [
        IMAGES,
        IMAGES[:, None],
        IMAGES.astype(np.int64),
        IMAGES / 255,
        (IMAGES / 255).astype(np.float32)[:, None],
        (IMAGES / 255).astype(np.float16),
        torch.tensor(IMAGES),
        to_input(torch.tensor(IMAGES)),
        IMAGES.tolist(),
        list(IMAGES),
    ],
)
def test_images_of_any_numbers_are_the_same_images(given: object) -> None:
    images = as_images(given)
    assert (images.dtype, images.shape) == (np.uint8, (2, 28, 28))
    assert (images == IMAGES).all()


@pytest.mark.parametrize("given", [IMAGES[0], IMAGES[:1], IMAGES[:1, None], IMAGES[0].tolist()])
def test_one_image_is_one_of_a_batch(given: object) -> None:
    assert (as_images(given) == IMAGES[:1]).all()


@pytest.mark.parametrize(
    "given",
    [
        *NO_PICTURES,
        np.zeros((27, 28)),
        np.zeros((28, 28, 3)),
        np.zeros((2, 3, 28, 28)),
        np.zeros((28, 28, 1)),
        np.zeros((0, 28, 28)),
        [],
        ["seven"],
        [[1, 2], [3]],
        "seven.png",
    ],
)
def test_what_is_no_image_is_refused_in_one_line(given: object) -> None:
    with pytest.raises(BadPicture) as caught:
        as_images(given)
    assert re.fullmatch(r"[^\n]+[^.]\. [^\n]+[^.]\.", str(caught.value))
    assert len(str(caught.value)) < 300
