"""Images that show no digit, so that a model learns to be unsure of what it was not made for.

Outlier exposure: D. Hendrycks, M. Mazeika, T. Dietterich, "Deep anomaly detection with outlier exposure", ICLR 2019.
Where there are pen letters, half of the images are letters that look like no digit, by people of the training part;
the result is tested with those of other people.
"""

from collections.abc import Callable, Sequence

import numpy as np

from digitlab.data import Progress, quiet
from digitlab.data.parts import NO_DIGIT, Part
from digitlab.data.rendering import render_hands
from digitlab.ink.stroke_arrays import as_strokes
from digitlab.ink.strokes import Ink, LabelledDrawing, fit_ink

_MIRRORED = (3, 4, 6, 7, 9)
_TURNED = (2, 3, 4, 5, 7)
_MERGED = (0, 2, 3, 4, 5, 6, 7, 8, 9)
"""Digits that are none any more when they are mirrored, lie on their side, or have another digit in their place: a 1
on its side is a slanted 1, and a 1 in a 0 is a slashed 0."""

_SIDE = 1000.0


def draw_non_digits(
    drawings: Sequence[LabelledDrawing],
    count: int,
    seed: int,
    letters: Sequence[Ink] = (),
    progress: Progress = quiet,
) -> Part:
    """So many images with the label NO_DIGIT; the same ones for the same drawings, letters, count and seed.

    Letters, in new hands; scribbles and, where there are drawings to make them of: digits mirrored, on their side, two
    in one place, and two side by side.
    """
    random = np.random.default_rng(seed)
    kinds = [_scribble, *([_mirrored, _on_its_side, _two_in_one, _side_by_side] if drawings else [])]
    real = count // 2 if letters else 0
    inks = [letters[place] for place in random.integers(len(letters) or 1, size=real)]
    inks += [kinds[int(random.integers(len(kinds)))](drawings, random) for _ in range(count - real)]
    return render_hands(as_strokes(inks), [NO_DIGIT] * count, [seed + 1], progress)  # turn 0 is nobody's hand


_Kind = Callable[[Sequence[LabelledDrawing], np.random.Generator], Ink]


def _scribble(_drawings: Sequence[LabelledDrawing], random: np.random.Generator) -> Ink:
    """A tangle, or two to five strokes, straight to curly; a single short one might be a 1."""
    return [_walk(random) for _ in range(random.integers(2, 6))] if random.random() < 0.7 else [_walk(random, 60)]


def _walk(random: np.random.Generator, steps: int | None = None) -> list[list[float]]:
    """A stroke whose direction drifts."""
    steps = steps or int(random.integers(3, 30))
    turning = random.normal(0, random.choice([0.05, 0.4, 1.0]), steps).cumsum() * random.choice([0.3, 1.0])
    direction = random.uniform(0, 2 * np.pi) + turning
    pace = random.uniform(0.3, 1.0) * _SIDE / 10
    points = random.uniform(0, _SIDE, 2) + np.stack([np.cos(direction), np.sin(direction)], 1).cumsum(0) * pace
    return points.tolist()


def _mirrored(drawings: Sequence[LabelledDrawing], random: np.random.Generator) -> Ink:
    return [[[-x, y] for x, y in stroke] for stroke in _one(drawings, random, _MIRRORED)]


def _on_its_side(drawings: Sequence[LabelledDrawing], random: np.random.Generator) -> Ink:
    way = random.choice([-1, 1])
    return [[[-way * y, way * x] for x, y in stroke] for stroke in _one(drawings, random, _TURNED)]


def _two_in_one(drawings: Sequence[LabelledDrawing], random: np.random.Generator) -> Ink:
    one, other = _pair(drawings, random, _MERGED)
    shift = random.uniform(-0.3, 0.3, 2) * _SIDE
    return [*one, *([[x + shift[0], y + shift[1]] for x, y in stroke] for stroke in other)]


def _side_by_side(drawings: Sequence[LabelledDrawing], random: np.random.Generator) -> Ink:
    one, other = _pair(drawings, random, tuple(range(10)))
    right = max(x for stroke in one for x, _ in stroke) - min(x for stroke in other for x, _ in stroke)
    gap = right + random.uniform(0.0, 0.4) * _SIDE
    return [*one, *([[x + gap, y] for x, y in stroke] for stroke in other)]


def _pair(drawings: Sequence[LabelledDrawing], random: np.random.Generator, digits: Sequence[int]) -> tuple[Ink, Ink]:
    one, other = (fit_ink(_one(drawings, random, digits), _SIDE, (0.0, 0.0)) for _ in range(2))
    return one, other


def _one(drawings: Sequence[LabelledDrawing], random: np.random.Generator, digits: Sequence[int]) -> Ink:
    """A drawing of one of the digits; of any digit when none of these turns up soon."""
    for _ in range(30):
        drawing = drawings[int(random.integers(len(drawings)))]
        if drawing.digit in digits:
            break
    return drawing.ink
