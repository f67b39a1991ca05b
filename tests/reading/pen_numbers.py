"""Numbers made of the pen digits' test part: what a hand might write on the wide pad."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from digitlab.data import PartName
from digitlab.data.pen import pen_drawings
from digitlab.ink.strokes import Ink, LabelledDrawing, draw_ink


def write_numbers(folder: Path, count: int, seed: int) -> Iterator[tuple[np.ndarray, str]]:
    """Pictures of 2 to 6 digits and what they mean; every second number is written by one hand throughout."""
    random = np.random.default_rng(seed)
    everyone = pen_drawings(folder, PartName.TEST, 0.1)
    writers = sorted({drawing.writer for drawing in everyone})
    for turn in range(count):
        writer = writers[random.integers(len(writers))]
        pool = [d for d in everyone if d.writer == writer] if turn % 2 else everyone
        digits = [pool[random.integers(len(pool))] for _ in range(random.integers(2, 7))]
        ink, pen_width, size = write(digits, random)
        yield draw_ink(ink, pen_width, size), "".join(str(drawing.digit) for drawing in digits)


def write(digits: list[LabelledDrawing], random: np.random.Generator) -> tuple[Ink, float, tuple[int, int]]:
    """Digits side by side, 100 to 200 pixels high and a little uneven: ink, pen width, and the canvas's size."""
    height, pen_width = random.uniform(100, 200), random.uniform(10, 30)
    ink: Ink = []
    x = pen_width
    for drawing in digits:
        points = np.concatenate([np.asarray(stroke) for stroke in drawing.ink])
        low, extent = points.min(0), np.ptp(points, axis=0)
        scale = height * random.uniform(0.85, 1.1) / max(extent[1], 0.6 * extent[0])
        y = 20 + random.uniform(0, 0.1) * height + (1.1 * height - extent[1] * scale) / 2
        ink += [((np.asarray(stroke) - low) * scale + [x, y]).tolist() for stroke in drawing.ink]
        x += extent[0] * scale + pen_width + random.uniform(0.12, 0.5) * height
    return ink, pen_width, (int(x + pen_width), int(1.2 * height + 60))
