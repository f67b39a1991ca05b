import math

import numpy as np
import pytest

from digitlab.data.rendering import pen_of, render
from digitlab.data.traits import groups_of
from digitlab.ink.strokes import Ink, LabelledDrawing

LINE: Ink = [[[50 + n / 9, 10 * n] for n in range(40)]]
HOOKED: Ink = [[*LINE[0], [65, 375], [78, 363]]]
SEVEN: Ink = [[*([5 * n, 0] for n in range(40)), *([195 - 2 * n, 8 * n] for n in range(40))]]
LEANING: Ink = [[[10 * n, 8 * n] for n in range(30)]]


def ring(share: float) -> Ink:
    """A circle of which so much is drawn."""
    angles = np.linspace(0, 2 * math.pi * share, 60)
    return [np.stack([300 * np.cos(angles), 400 * np.sin(angles)], 1).tolist()]


def names_of(ink: Ink, digit: int = 1) -> set[str]:
    drawing = LabelledDrawing(ink=ink, digit=digit)
    return {group.name for group in groups_of([drawing], render([drawing]).images.numpy())}


def test_a_short_turn_at_the_end_is_a_hook_and_a_flag_and_a_corner_are_none() -> None:
    assert "hooks" in names_of(HOOKED)
    assert "hooks" in names_of([HOOKED[0][::-1]])
    assert "hooks" not in names_of(LINE) | names_of(SEVEN, 7) | names_of(ring(1.0), 0) | names_of([[[1, 1]], [[9, 9]]])


def test_leaning_to_either_side_is_slanted() -> None:
    mirrored = [[[-x, y] for x, y in LEANING[0]]]
    assert "slanted" in names_of(LEANING) & names_of(mirrored)
    assert "slanted" not in names_of(LINE) | names_of([[[0, 0], [50, 0]]])


@pytest.mark.parametrize(
    ("digit", "share", "is_open"), [(0, 0.8, True), (0, 1.0, False), (8, 1.0, True), (1, 0.5, False)]
)
def test_a_loop_that_does_not_close_is_open_and_only_some_digits_have_one(
    digit: int, share: float, is_open: bool
) -> None:
    thin = next(ink for shift in range(99) if _pen(ink := [[[x + shift, y] for x, y in ring(share)[0]]]) < 0.1)
    assert ("open loops" in names_of(thin, digit)) is is_open


def _pen(ink: Ink) -> float:
    width, length = pen_of(ink)
    return width / length


def test_pens_and_sizes_are_those_with_which_the_drawing_is_rendered() -> None:
    inks = [[[[0, n], [900, 1000 - n]]] for n in range(200)]
    drawings = [LabelledDrawing(ink=ink, digit=1) for ink in inks]
    groups = {group.name: set(group.members) for group in groups_of(drawings, render(drawings).images.numpy())}
    assert groups["thin pen"] == {n for n, ink in enumerate(inks) if _pen(ink) < 0.08}
    assert groups["thick pen"] == {n for n, ink in enumerate(inks) if _pen(ink) > 0.2}
    assert groups["small"] == {n for n, ink in enumerate(inks) if pen_of(ink)[1] < 120}
    assert all(10 < len(groups[name]) < 190 for name in ("thin pen", "thick pen", "small"))


def test_donors_come_first_and_a_drawing_without_one_is_in_none() -> None:
    drawings = [LabelledDrawing(ink=LINE, digit=1, donor=donor) for donor in ("ibm", "", "apa", "ibm")]
    groups = groups_of(drawings, render(drawings).images.numpy())
    assert [(group.name, group.members.tolist()) for group in groups[:2]] == [
        ("collected by apa", [2]),
        ("collected by ibm", [0, 3]),
    ]
