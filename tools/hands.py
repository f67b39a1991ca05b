"""A picture of what each habit does to the same ten drawings.

`python -m tools.hands OUT.png`: a row for the drawings as they were written, then one for each of `hands.HABITS`, had
by all of them.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitlab.data import PartName
from digitlab.data.hands import HABITS
from digitlab.data.pen import pen_drawings
from digitlab.data.raster import rasterise
from digitlab.ink.stroke_arrays import Strokes, as_strokes
from digitlab.settings import Settings

_SIDE, _GAP, _NAME = 84, 6, 150
"""Of an image in pixels, between two, and of the rows' names."""

_PEN, _SEED = 0.1, 5


def picture(strokes: Strokes) -> Image.Image:
    """The rows below each other, white on black."""
    random = np.random.default_rng(_SEED)
    everyone = np.ones(strokes.drawings, bool)
    rows = {"as written": strokes}
    rows |= {name: habit.change(strokes, everyone, random) for name, habit in HABITS.items()}
    step = _SIDE + _GAP
    sheet = Image.new("L", (_NAME + step * strokes.drawings, step * len(rows)), 0)
    pen = ImageDraw.Draw(sheet)
    for row, (name, written) in enumerate(rows.items()):
        pen.text((10, row * step + _SIDE // 2 - 8), name, fill=255, font=ImageFont.load_default(16))
        for column, image in enumerate(rasterise(written, np.full(strokes.drawings, _PEN))):
            tile = Image.fromarray(image).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
            sheet.paste(tile, (_NAME + column * step, row * step))
    return sheet


def main(out: Path) -> None:
    """Of each digit, take the first training drawing and write the picture."""
    drawings = pen_drawings(Settings.from_environment().data, PartName.TRAIN, 0.1)
    first = [next(one.ink for one in drawings if one.digit == digit) for digit in range(10)]
    picture(as_strokes(first)).save(out, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
