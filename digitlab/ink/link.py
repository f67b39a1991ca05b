"""A drawing as a short text for a link, and back.

The text is the format's number and, in base64url, packed by zlib: the pen width, then for each stroke the number of its
points and each point's way from the one before. All lengths are in tenths of canvas pixels, as the pad itself sends
them, so that what was drawn there comes back exactly: rounded to whole pixels, one image of thirty was placed a pixel
off, and softmax's answer to one of fifty changed. Numbers have seven bits a byte, the lowest first; those that may be
negative are folded first (0, -1, 1, -2 → 0, 1, 2, 3).
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from digitlab.errors import BadInk
from digitlab.formats import short
from digitlab.ink.strokes import MOST_POINTS, Drawing, Ink, check_ink, check_pen_width

LONGEST = 1500
"""Characters of a drawing in a link: with the address of a page it stays below 2,000, which every program takes."""

_FORMAT = "1"
_UNITS = 10
"""Of a canvas pixel."""

_TOLERANCES = (0.25, 0.5, 1.0, 1.5)
"""Canvas pixels by which points may be off the line that is drawn without them, tried in this order where all of them
are too long, which takes about 800. Of 300 pen drawings with 500 points each, the images then differ at 0.5 by 0.9 of
255 grey values on the mean and at 1.5 by 2.5; cnn answers all of them the same, softmax all but 1 and 4."""

_LONGEST_READ = 8000
_LARGEST = 6 * MOST_POINTS
"""Characters that are looked at, and bytes that they may unpack to."""

_LETTERS = re.compile("[A-Za-z0-9_-]+")
_LONGEST_NUMBER = 4
"""Bytes of a number: as much as 13 million canvas pixels."""

_REMEDY = "Copy the link again, the whole of it."

_Points = Sequence[tuple[int, int]]


def to_link(drawing: Drawing) -> str:
    """The drawing as letters, digits, `-` and `_`, at most 1,500 of them.

    Exact for what the pad sends; where that would be longer, points are left out that hardly change the picture.
    Raises BadInk when it is too long even so, or there are no strokes.
    """
    strokes = [_rounded(stroke) for stroke in drawing.ink if stroke]
    if not strokes:
        raise BadInk("There is no ink in the drawing, so no link can hold it. Draw first.")
    text = _encoded(drawing.pen_width, strokes)
    for tolerance in _TOLERANCES:
        if len(text) <= LONGEST:
            break
        text = _encoded(drawing.pen_width, [simplified(stroke, tolerance * _UNITS) for stroke in strokes])
    if len(text) > LONGEST:
        raise BadInk("The drawing is too long for a link. Draw fewer or shorter strokes, or copy the link without it.")
    return text


def from_link(text: str) -> Drawing:
    """The drawing that `to_link` made a text of.

    Raises BadInk when it is none: damaged, of another format, without strokes, or too large.
    """
    strokes, width = _decoded(_unpacked(text))
    ink = check_ink(strokes)
    if not ink:
        raise _bad(text)
    return Drawing(ink=ink, pen_width=check_pen_width(width))


def simplified(points: _Points, tolerance: float) -> _Points:
    """The line with fewer points: none of those left out is farther from it than `tolerance`. First and last stay.

    Source: Ramer 1972; Douglas and Peucker 1973.
    """
    way = np.array(points, np.float64)
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distances = _distances(way[first + 1 : last], way[first], way[last])
        farthest = int(distances.argmax())
        if distances[farthest] > tolerance:
            middle = first + 1 + farthest
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    return [points[index] for index in sorted(kept)]


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How far points, of shape (points, 2), are from the straight line between two."""
    along = end - start
    length = float(along @ along)
    share = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points))
    found: np.ndarray = np.hypot(*(points - start - share[:, None] * along).T)
    return found


def _rounded(stroke: Sequence[Sequence[float]]) -> _Points:
    """A stroke's points in tenths of canvas pixels, without those that then lie where the one before does."""
    points = [(round(x * _UNITS), round(y * _UNITS)) for x, y in stroke]
    return [point for index, point in enumerate(points) if index == 0 or point != points[index - 1]]


def _encoded(pen_width: float, strokes: Sequence[_Points]) -> str:
    packed = zlib.compress(bytes(_to_bytes(_numbers(pen_width, strokes))), 9)
    return _FORMAT + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _numbers(pen_width: float, strokes: Sequence[_Points]) -> Iterator[int]:
    yield round(pen_width * _UNITS)
    last = (0, 0)
    for stroke in strokes:
        yield len(stroke)
        for point in stroke:
            for now, before in zip(point, last, strict=True):
                yield _folded(now - before)
            last = point


def _folded(value: int) -> int:
    return 2 * value if value >= 0 else -2 * value - 1


def _unfolded(value: int) -> int:
    return -(value + 1) // 2 if value % 2 else value // 2


def _to_bytes(numbers: Iterable[int]) -> Iterator[int]:
    for number in numbers:
        while number > 0x7F:
            yield number & 0x7F | 0x80
            number >>= 7
        yield number


def _unpacked(text: str) -> bytes:
    """The bytes of a link's text. Raises BadInk."""
    head, body = text[:1], text[1:]
    if head != _FORMAT or len(text) > _LONGEST_READ or not _LETTERS.fullmatch(body):
        raise _bad(text)
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), _LARGEST)
    except (binascii.Error, zlib.error) as error:
        raise _bad(text) from error
    if not unpacker.eof or unpacker.unused_data:
        raise _bad(text)
    return data


def _decoded(data: bytes) -> tuple[Ink, float]:
    """Strokes and pen width. Raises BadInk."""
    numbers = _from_bytes(data)
    width = next(numbers, 0) / _UNITS
    strokes: Ink = []
    x = y = 0
    for length in numbers:
        stroke: list[list[float]] = []
        for _ in range(length):
            dx, dy = next(numbers, None), next(numbers, None)
            if dx is None or dy is None:
                raise BadInk(f"The link's drawing ends in the middle of a stroke. {_REMEDY}")
            x, y = x + _unfolded(dx), y + _unfolded(dy)
            stroke.append([x / _UNITS, y / _UNITS])
        strokes.append(stroke)
    return strokes, width


def _from_bytes(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte & 0x80:
            if shift == 7 * _LONGEST_NUMBER:
                raise BadInk(f"The link's drawing holds a number that is too large. {_REMEDY}")
        else:
            yield number
            number = shift = 0
    if shift:
        raise BadInk(f"The link's drawing ends in the middle of a number. {_REMEDY}")


def _bad(text: str) -> BadInk:
    return BadInk(f"The link's drawing, {short(text, 40)}, cannot be read. {_REMEDY}")
