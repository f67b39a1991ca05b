import numpy as np

from digitlab.data.hands import other_hands
from digitlab.ink.stroke_arrays import Strokes, as_strokes
from digitlab.ink.strokes import Ink

CROSSED: Ink = [[[0, 0], [500, 0], [1000, 1000]], [[200, 500], [700, 500]]]
CORNER: Ink = [[[0, 0], [0, 100], [100, 100]]]
COUNT = 400


def written(ink: Ink, seed: int = 0) -> tuple[Strokes, np.ndarray]:
    """One drawing in COUNT hands: its points as they were, and each hand's, of shape (COUNT, P, 2)."""
    strokes = as_strokes([ink] * COUNT)
    changed = other_hands(strokes, np.random.default_rng(seed)).points.reshape(COUNT, -1, 2)
    return strokes, changed


def test_the_same_seed_gives_the_same_hands_and_no_two_hands_are_alike() -> None:
    _, one = written(CROSSED)
    assert np.array_equal(one, written(CROSSED)[1])
    assert not np.array_equal(one, written(CROSSED, seed=1)[1])
    assert len({hand.tobytes() for hand in one}) == COUNT


def test_a_hand_keeps_strokes_and_their_ends_close_to_where_they_were() -> None:
    strokes, changed = written(CROSSED)
    before = strokes.points.reshape(COUNT, -1, 2)
    away = np.hypot(*(changed - before).reshape(-1, 2).T)
    assert 0.02 < np.median(away) < 0.12
    assert away.max() < 0.6


def test_hands_lean_both_ways_and_are_narrow_and_wide() -> None:
    _, changed = written([[[0, 0], [0, 100]], [[0, 50], [60, 50]]])
    lean = changed[:, 0, 0] - changed[:, 8, 0]
    assert 0.05 < lean.std() < 0.3
    assert abs(lean.mean()) < 0.05
    widths = np.ptp(changed[:, 9:, 0], axis=1)
    assert np.quantile(widths, 0.9) > 1.2 * np.quantile(widths, 0.1)


def test_half_of_the_hands_are_fast_and_round_their_corners() -> None:
    _, changed = written(CORNER)
    ahead, back = changed[:, 10] - changed[:, 9], changed[:, 8] - changed[:, 9]  # the corner is point 9
    sharp = np.cos(np.arctan2(*ahead.T) - np.arctan2(*back.T)) > -0.4  # an angle below 114 degrees
    assert 0.4 < sharp.mean() < 0.6


def test_lines_bend_smoothly() -> None:
    _, changed = written([[[0, 0], [0, 100]]])
    steps = np.diff(changed, axis=1)
    assert np.abs(steps[..., 0]).max() < 0.15
    assert np.abs(changed[:, 4, 0] - (changed[:, 0, 0] + changed[:, 8, 0]) / 2).mean() > 0.002
