import numpy as np
import pytest

from digitlab.data.hands import HABITS, Habit, other_hands
from digitlab.ink.stroke_arrays import Strokes, as_strokes
from digitlab.ink.strokes import Ink

CROSSED: Ink = [[[0, 0], [500, 0], [1000, 1000]], [[200, 500], [700, 500]]]
CORNER: Ink = [[[0, 0], [0, 100], [100, 100]]]
COUNT = 400


def written(ink: Ink, seed: int = 0) -> tuple[Strokes, np.ndarray]:
    """One drawing in COUNT hands without habits: its points as they were, and each hand's, of shape (COUNT, P, 2)."""
    strokes = as_strokes([ink] * COUNT)
    changed = other_hands(strokes, np.random.default_rng(seed), {}).points.reshape(COUNT, -1, 2)
    return strokes, changed


def with_habit(name: str, ink: Ink = CROSSED, has: bool = True) -> tuple[Strokes, Strokes]:
    """One drawing COUNT times, and with a habit in all of them or in none."""
    strokes = as_strokes([ink] * COUNT)
    return strokes, HABITS[name].change(strokes, np.full(COUNT, has), np.random.default_rng(3))


def sizes(strokes: Strokes) -> np.ndarray:
    """Points of each stroke."""
    return np.bincount(strokes.stroke)


@pytest.mark.parametrize("name", HABITS)
@pytest.mark.parametrize("ink", [CROSSED, [[[3, 3]]], [[[0, 0], [9, 9]]]])
def test_a_habit_changes_the_drawings_that_it_happens_to_and_no_others(name: str, ink: Ink) -> None:
    strokes, same = with_habit(name, ink, has=False)
    assert all(np.array_equal(getattr(strokes, key), getattr(same, key)) for key in ("points", "stroke", "width"))
    strokes, changed = with_habit(name, ink)
    assert len(changed.drawing) == len(strokes.drawing) == len(np.unique(changed.stroke))
    assert len(changed.points) == len(changed.stroke) == len(changed.width)
    assert np.isfinite(changed.points).all()
    assert (np.diff(changed.stroke) >= 0).all()
    if ink is CROSSED:
        assert changed.points.shape != strokes.points.shape or not (
            np.array_equal(changed.points, strokes.points) and np.array_equal(changed.width, strokes.width)
        )


def test_the_share_of_drawings_with_a_habit_is_its_share() -> None:
    seen: list[np.ndarray] = []

    def note(strokes: Strokes, has: np.ndarray, _random: np.random.Generator) -> Strokes:
        seen.append(has)
        return strokes

    other_hands(as_strokes([CROSSED] * 2000), np.random.default_rng(0), {"one": Habit(0.2, note)})
    assert seen[0].mean() == pytest.approx(0.2, abs=0.03)


def test_hooks_are_short_lines_in_another_direction_at_the_ends() -> None:
    strokes, changed = with_habit("hooks", [[[0, 0], [0, 100]]])
    before, after = sizes(strokes), sizes(changed)
    assert set(after - before) == {0, 1, 2}
    assert 0.5 < (after - before).mean() / 2 < 0.7
    ends = np.cumsum(after) - 1
    hooked = np.abs(changed.points[ends, 0]) > 1e-6  # the drawing's line is straight: beside it there is only a hook
    hook = changed.points[ends] - changed.points[ends - 1]
    assert 0.5 < hooked.mean() < 0.7
    assert np.hypot(*hook[hooked].T).max() <= 0.18 + 1e-6
    assert (hook[hooked, 1] / np.hypot(*hook[hooked].T)).max() < 0.65  # none goes on as before


def test_missing_ends_shorten_and_overshooting_lengthens_in_the_stroke_s_direction() -> None:
    line: Ink = [[[0, 0], [0, 100]]]
    _, cut = with_habit("missing ends", line)
    _, more = with_habit("overshoot", line)
    assert np.abs(cut.points[:, 0]).max() == np.abs(more.points[:, 0]).max() == 0
    lengths = [np.ptp(cut.points[cut.stroke == stroke, 1]) for stroke in range(COUNT)]
    assert 0.5 < min(lengths) < 0.8 < max(lengths) <= 1  # whole points are left out
    assert 0.6 < more.points[:, 1].max() <= 0.65 + 1e-6
    assert more.points[:, 1].min() == -0.5  # beyond the last point only


def test_a_coarse_device_keeps_the_ends_and_few_points_between() -> None:
    strokes, changed = with_habit("coarse device", [[[0, 0], [0, 100], [100, 100], [100, 0]]])
    assert sizes(changed).max() <= sizes(strokes).max() / 2 + 2
    first, last = changed.first, np.cumsum(sizes(changed)) - 1
    assert np.allclose(changed.points[first], strokes.points[strokes.first])
    assert np.allclose(changed.points[last], [0.5, -0.5])


def test_trembling_moves_each_point_a_little() -> None:
    strokes, changed = with_habit("trembling")
    away = np.hypot(*(changed.points - strokes.points).T)
    assert 0.003 < np.median(away) < 0.012
    assert away.max() < 0.08


def test_strokes_set_apart_move_as_a_whole() -> None:
    strokes, changed = with_habit("strokes apart")
    moved = changed.points - strokes.points
    assert np.allclose(moved, moved[strokes.first][strokes.stroke], atol=1e-6)
    assert 0.03 < np.hypot(*moved.T).mean() < 0.12


def test_an_uneven_pen_grows_and_shrinks_by_a_third_or_so() -> None:
    _, changed = with_habit("uneven pen")
    assert 0.4 < changed.width.min() < 0.85
    assert 1.2 < changed.width.max() < 2.5
    assert abs(np.log(changed.width).mean()) < 0.02


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
