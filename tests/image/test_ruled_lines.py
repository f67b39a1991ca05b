import numpy as np
import pytest
from scipy import ndimage

from digitlab.image.ruled_lines import without_lines
from digitlab.ink.strokes import draw_ink

TWO = [[[80, 90], [120, 55], [165, 80], [150, 130], [80, 215], [190, 210]]]
ONE = [[[140, 40], [138, 240]]]
SEVEN = [[[5, 60], [275, 60], [120, 240]]]


def pen(ink: list = TWO, width: float = 16) -> np.ndarray:
    return draw_ink(ink, width).astype(np.float32) * 0.7


def ruled(degrees: float, gap: float = 40, shape: tuple[int, int] = (560, 560)) -> np.ndarray:
    """Lines, three pixels thick and of 120 grey levels."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    across = y * np.cos(np.radians(degrees)) - x * np.sin(np.radians(degrees))
    return np.clip(2 - np.abs(across % gap - gap / 2), 0, 1).astype(np.float32) * 120


def left_over(cleaned: np.ndarray, drawn: np.ndarray) -> float:
    """Share of the lines' ink that is still there, away from the pen's strokes."""
    away = ~ndimage.binary_dilation(drawn > 0, iterations=6)
    return float((cleaned[away] > 20).mean())


def largest_part(cleaned: np.ndarray) -> float:
    """Share of the ink in its largest connected part; what is far smaller is taken for specks later."""
    labels, count = ndimage.label(cleaned > 100, np.ones((3, 3)))
    mass = ndimage.sum_labels(cleaned, labels, np.arange(1, count + 1))
    return float(mass.max() / mass.sum())


@pytest.mark.parametrize("degrees", [-15, -7.3, 0, 0.4, 12, 15])
@pytest.mark.parametrize("upright", [False, True])
def test_lines_of_any_tilt_go_and_the_pens_strokes_stay(degrees: float, upright: bool) -> None:
    drawn = pen()
    lines = ruled(degrees).T if upright else ruled(degrees)
    cleaned = without_lines(np.maximum(drawn, lines))
    assert left_over(np.maximum(drawn, lines), drawn) > 0.04
    assert left_over(cleaned, drawn) < 0.002
    assert (cleaned[drawn > 150] > 100).mean() > 0.99
    assert largest_part(cleaned) > 0.98


def test_squares_go() -> None:
    drawn = pen()
    cleaned = without_lines(np.maximum.reduce([drawn, ruled(5), ruled(-5).T]))
    assert left_over(cleaned, drawn) < 0.004
    assert largest_part(cleaned) > 0.98


def test_lines_in_noise_go_too() -> None:
    drawn = pen()
    noise = np.random.default_rng(0).normal(0, 6, drawn.shape)
    cleaned = without_lines((np.maximum(drawn, ruled(8) / 3) + noise).clip(0).astype(np.float32))
    away = ~ndimage.binary_dilation(drawn > 0, iterations=6)
    assert (cleaned[away] > 25).mean() < 0.005


def test_lines_that_bend_a_little_are_followed() -> None:
    drawn = pen()
    bent = np.stack([np.roll(column, round(3 * np.sin(x / 180))) for x, column in enumerate(ruled(0).T)], axis=1)
    assert left_over(without_lines(np.maximum(drawn, bent)), drawn) < 0.002


@pytest.mark.parametrize("ink", [TWO, ONE, SEVEN])
@pytest.mark.parametrize("width", [4, 16, 40])
def test_without_lines_nothing_changes(ink: list, width: float) -> None:
    drawn = pen(ink, width)
    assert without_lines(drawn) is drawn


def test_a_single_line_is_no_ruled_paper() -> None:
    drawn = pen()
    drawn[500:503] = 120
    assert without_lines(drawn) is drawn


@pytest.mark.parametrize("shape", [(1, 1), (10, 3000), (64, 64), (63, 900)])
def test_small_pictures_and_blank_ones_are_handled(shape: tuple[int, int]) -> None:
    assert not without_lines(np.zeros(shape, np.float32)).any()
