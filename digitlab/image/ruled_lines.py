"""Ruled and squared paper: long, thin, straight lines found in a picture of ink, and taken out of it.

A line is taken out column by column, and only where the ink is as thin as the line: where a stroke of the pen crosses,
it stays whole, so there are no gaps to close. Upright lines are treated the same with rows and columns swapped.
After what is done with staff lines in printed music: C. Dalitz, M. Droettboom, B. Pranzas, I. Fujinaga, "A comparative
study of staff removal algorithms", IEEE Trans. PAMI 30(5), 2008.
"""

import numpy as np
from scipy import ndimage

_STEEPEST = 16.0
_THICKEST = 0.006
"""Degrees from level, and thickness as a share of the picture's longer side, that a ruled line has at most."""

_SMALLEST = 64
"""Pixels: a picture with a shorter side has no room for ruled paper."""

_AVERAGED = 41
_COVERED = 0.65
_FEWEST = 2
"""Columns over which a line is averaged, so that it rises above the noise; share of its columns in which it is then
seen; so many lines make ruled paper."""

_LONG = 0.3
_SHORT = 0.03
"""Shares of the picture's width: what a line crosses to prove that there are any, and to be taken out with those:
tilted lines also cut the corners."""

_FAINTEST = 4.0
_STRONGEST = 60.0
"""Grey levels: a line's average is at least the one; what is above the other tells no more than it."""

_ASTRAY = 4
"""Pixels by which a line may leave its straight course, for paper is seldom flat."""


def without_lines(ink: np.ndarray) -> np.ndarray:
    """The picture without ruled lines, level or upright, tilted by up to 15°; without lines it comes back itself.

    ink: grey levels above the paper, floating point, of shape (height, width); noise may be in it.
    """
    if min(ink.shape) < _SMALLEST:
        return ink
    level = _without_level(ink)
    across = level.T
    upright = _without_level(across)
    return level if upright is across else upright.T


def _without_level(ink: np.ndarray) -> np.ndarray:
    thick = _thick(ink)
    thin = _thin(ink, thick)
    if (thin > _FAINTEST).mean() < _FEWEST / ink.shape[0] / 2:
        return ink
    course = _course(thin)
    rows = _line_rows(thin, thick > 0.3 * thick.max(), course)
    if not rows:
        return ink
    cleaned = ink.copy()
    for row in rows:
        _take_out(cleaned, ink, _followed(thin, row + course))
    return cleaned


def _thick(ink: np.ndarray) -> np.ndarray:
    """What is too thick, from top to bottom, to be a line: the ink after an opening with an upright element."""
    length = 2 * max(3, round(_THICKEST * max(ink.shape))) + 1
    return ndimage.maximum_filter1d(ndimage.minimum_filter1d(ink, length, 0), length, 0)


def _thin(ink: np.ndarray, thick: np.ndarray) -> np.ndarray:
    """The rest of the ink: 0 to 60 grey levels above the noise."""
    thin = ink - thick
    return np.clip(thin - np.median(thin), 0, _STRONGEST).astype(np.float32)


def _course(thin: np.ndarray) -> np.ndarray:
    """How far a line lies below its middle in each column, in pixels, at the tilt that gives the sharpest profile."""
    every = 4
    y, x = np.nonzero(thin[:, ::every] > _FAINTEST)
    weights = thin[:, ::every][y, x]
    x = x * every - thin.shape[1] / 2
    coarse = _sharpest(np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.5), x, y, weights)
    fine = _sharpest(coarse + np.arange(-0.4, 0.41, 0.1), x, y, weights)
    return np.tan(np.radians(fine)) * (np.arange(thin.shape[1]) - thin.shape[1] / 2)


def _sharpest(angles: np.ndarray, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """The angle in degrees along which the sums of the weights differ most from each other."""
    sharpness = []
    for slope in np.tan(np.radians(angles)):
        rows = np.rint(y - slope * x).astype(np.intp)
        sums = np.bincount(rows - rows.min(), weights)
        sharpness.append((np.diff(sums) ** 2).sum())
    return float(angles[int(np.argmax(sharpness))])


def _line_rows(thin: np.ndarray, hidden: np.ndarray, course: np.ndarray) -> list[int]:
    """Where lines of this course lie in the middle column; none unless there are at least two long ones.

    hidden: where strokes of the pen lie, under which a line is not looked for.
    """
    reach = int(np.ceil(np.abs(course).max()))
    rows = np.arange(-reach, thin.shape[0] + reach)
    paths = rows[:, None] + np.rint(course).astype(np.intp)
    straight, inside = _along(thin, paths)
    inside &= ~_along(hidden, paths)[0].astype(bool)
    seen = ndimage.uniform_filter1d(inside.astype(np.float32), _AVERAGED, 1, mode="constant")
    average = ndimage.uniform_filter1d(straight, _AVERAGED, 1, mode="constant") / np.maximum(seen, 1 / _AVERAGED)
    average = ndimage.maximum_filter1d(average, 3, 0)
    values = average[inside]
    middle = np.median(values)
    least = max(_FAINTEST, middle + 3 * 1.4826 * float(np.median(np.abs(values - middle))))
    room = inside.sum(1)
    covered = ((average > least) & inside).sum(1) / np.maximum(room, 1)
    full = (covered > _COVERED) & (room > _SHORT * thin.shape[1])
    if ndimage.label(full & (room > _LONG * thin.shape[1]))[1] < _FEWEST:
        return []
    bands, count = ndimage.label(full)
    strength = straight.sum(1) / np.maximum(room, 1)
    return [int(rows[peak[0]]) for peak in ndimage.maximum_position(strength, bands, np.arange(1, count + 1))]


def _along(thin: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The values at a row for each column, for several at once, and which of them lie inside the picture."""
    inside = (rows >= 0) & (rows < thin.shape[0])
    values = thin[np.clip(rows, 0, thin.shape[0] - 1), np.arange(thin.shape[1])]
    return np.where(inside, values, 0), inside


def _followed(thin: np.ndarray, path: np.ndarray) -> np.ndarray:
    """The row of a line in each column, starting from a straight path; rows may lie outside the picture."""
    offsets = np.arange(-_ASTRAY, _ASTRAY + 1)
    near, _ = _along(thin, np.rint(path).astype(np.intp) + offsets[:, None])
    best = offsets[ndimage.uniform_filter1d(near, _AVERAGED, 1).argmax(0)]
    return np.rint(path + ndimage.median_filter(best, _AVERAGED)).astype(np.intp)


def _take_out(cleaned: np.ndarray, ink: np.ndarray, path: np.ndarray) -> None:
    """Set a line's ink to 0 wherever it is not much thicker than the line mostly is."""
    columns = np.flatnonzero((path >= 0) & (path < ink.shape[0]))
    if not len(columns):
        return
    beside = np.clip(path[columns] + np.array([[-1], [0], [1]]), 0, ink.shape[0] - 1)
    around = ink[beside, columns]
    rows = beside[around.argmax(0), np.arange(len(columns))]
    least = 0.35 * float(np.median(around.max(0)))
    reach = 2 * max(3, round(_THICKEST * max(ink.shape)))
    above, below = (_run(ink, rows, columns, least, step * np.arange(1, reach + 1)) for step in (-1, 1))
    thickness = 1 + above + below
    usual = float(np.median(thickness))
    thick = ndimage.binary_opening(thickness > 1.4 * usual + 1, np.ones(3))
    for by in range(-reach - 1, reach + 2):
        row = np.clip(rows + by, 0, ink.shape[0] - 1)
        taken = ~thick & (by >= -above - 1) & (by <= below + 1)
        cleaned[row[taken], columns[taken]] = 0


def _run(ink: np.ndarray, rows: np.ndarray, columns: np.ndarray, least: float, steps: np.ndarray) -> np.ndarray:
    """How many pixels of ink follow each other from a row on, upwards or downwards."""
    reached = np.clip(rows + steps[:, None], 0, ink.shape[0] - 1)
    return np.cumprod(ink[reached, columns] > least, axis=0).sum(0)
