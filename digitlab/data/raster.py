"""Many drawings as images at once, straight from their lines.

What `prepare_ink` does step by step for one drawing - a picture of its ink, cropped, scaled to 20 pixels, centred,
stretched - is computed here at the final size: how much of a pixel is ink follows from its distance to the nearest
line. An image differs from the prepared one by a hundredth of the grey scale on average, now and then by a whole pixel
in its place, and costs a small part of the time. Only training sees such images.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from digitlab.image import SIDE
from digitlab.image.prepare import BOX
from digitlab.ink.stroke_arrays import Strokes

_AT_ONCE = 4096
"""Lines that are looked at together: few enough that all distances to them stay in the processor's cache."""

_TINY = 1e-6
"""Added to each line, so that a dot has a direction, too."""


def rasterise(strokes: Strokes, pens: np.ndarray, tell: Callable[[int], None] = lambda _done: None) -> np.ndarray:
    """The drawings as images, `uint8` of shape (N, 28, 28).

    pens: each drawing's pen width as a share of the drawing's longer side, shape (N,), above 0.
    tell: is told now and then how many images are done.
    """
    images = np.empty((strokes.drawings, SIDE, SIDE), np.uint8)
    lines = torch.from_numpy(np.column_stack([strokes.points, strokes.points[strokes.next], strokes.width]))
    radii = torch.from_numpy((pens / 2).astype(np.float32))
    done = 0
    for some, places in _batches(np.bincount(strokes.drawing[strokes.stroke])):
        images[some] = _paint(lines[places], radii[some]).numpy()
        done += len(some)
        tell(done)
    return images


def _batches(sizes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Drawings of about the same number of lines, and their lines' places, of shape (drawings, most lines).

    sizes: the lines of each drawing. A shorter drawing repeats its last line, which changes no distance.
    """
    first, order = np.cumsum(sizes) - sizes, np.argsort(sizes, kind="stable")
    start = 0
    while start < len(order):
        most = np.maximum.accumulate(sizes[order[start : start + _AT_ONCE]])
        fit = int(np.searchsorted(most * np.arange(1, len(most) + 1), _AT_ONCE, side="right"))
        some = order[start : start + max(1, fit)]
        within = np.minimum(np.arange(sizes[some].max()), sizes[some][:, None] - 1)
        yield some, first[some][:, None] + within
        start += len(some)


def _paint(lines: Tensor, radii: Tensor) -> Tensor:
    """Images of the lines [x0, y0, x1, y1, width], of shape (B, L, 5), drawn with round pens.

    radii: the pens', shape (B,); a line's width is a share of its pen's.
    """
    ends, reach = lines[..., :4].unflatten(2, (2, 2)), (radii[:, None] * lines[..., 4])[..., None, None]
    low, high = (ends - reach).amin((1, 2)), (ends + reach).amax((1, 2))
    pixel = (high - low).amax(1) / BOX
    count = ((high - low) / pixel[:, None]).round().clamp_min(1)
    number = torch.arange(BOX)
    middles = low[:, None] + (number[:, None] + 0.5) * ((high - low) / count)[:, None]
    ink = _covered(middles, lines, radii, pixel)
    is_inside = number < count[..., None]
    return _place(ink * (is_inside[:, 1, :, None] & is_inside[:, 0, None, :]), count)


def _covered(middles: Tensor, lines: Tensor, radii: Tensor, pixel: Tensor) -> Tensor:
    """How much of each pixel is ink, in 0..1: shape (B, BOX, BOX).

    middles: the pixels' x and y, of shape (B, BOX, 2). pixel: their longer side, shape (B,).
    """
    some = lines.split(_AT_ONCE, dim=1)  # of a drawing with more lines than that
    distance = torch.stack([_distance(middles, part) for part in some]).amin(0)
    edge = (radii[:, None, None] - distance) / pixel[:, None, None] + 0.5
    return edge.clamp_min(0).minimum((2 * radii / pixel).clamp_max(1)[:, None, None])


def _distance(middles: Tensor, lines: Tensor) -> Tensor:
    """From each pixel's middle to the nearest line, by its width: shape (B, BOX, BOX), y before x."""
    x0, y0, x1, y1, wide = lines[:, None].unbind(3)  # each (B, 1, L)
    way_x, way_y = x1 - x0 + _TINY, y1 - y0
    length = torch.hypot(way_x, way_y)
    right, down = way_x / length, way_y / length
    from_x, from_y = middles[:, :, 0, None] - x0, middles[:, :, 1, None] - y0  # each (B, BOX, L)
    along = (from_y * down)[:, :, None] + (from_x * right)[:, None]
    across = (from_x * down)[:, None] - (from_y * right)[:, :, None]
    beyond = along - along.clamp_min(0).minimum(length[:, None])
    return across.square_().addcmul_(beyond, beyond).div_(wide[:, :, None].square()).amin(3).sqrt_()


def _place(ink: Tensor, count: Tensor) -> Tensor:
    """The pixels in 28×28 with their centre of mass on (14, 14), moved by whole pixels, the strongest ink 255.

    count: pixels used in x and in y, from the first on, shape (B, 2).
    """
    mass, number = ink.sum((1, 2)), torch.arange(BOX, dtype=torch.float32)
    middle = torch.stack([ink.sum(1) @ number, ink.sum(2) @ number], dim=1) / mass[:, None]
    corner = (SIDE / 2 - middle).round().clamp_min(0).minimum(SIDE - count).long()
    wide = torch.zeros(len(ink), SIDE + BOX, SIDE + BOX)  # pixels that are not used fall beyond the edge
    at = corner[:, None] + torch.arange(BOX)[:, None]
    wide[torch.arange(len(ink))[:, None, None], at[:, :, None, 1], at[:, None, :, 0]] = ink
    image = wide[:, :SIDE, :SIDE]
    return (image * (255 / image.amax((1, 2)))[:, None, None]).round().to(torch.uint8)
