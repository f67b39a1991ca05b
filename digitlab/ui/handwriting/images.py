"""The kept drawings as images, each prepared once per process."""

from collections.abc import Sequence

import numpy as np

from digitlab.data.exports import image_of
from digitlab.data.mine import MOST_KEPT, KeptDrawing

_prepared: dict[tuple[str, str, float, int], np.ndarray] = {}


def images_of(drawings: Sequence[KeptDrawing]) -> np.ndarray:
    """The drawings, each with its own pen: `uint8` of shape (N, 28, 28)."""
    return np.array([_image(one) for one in drawings], np.uint8).reshape(-1, 28, 28)


def _image(kept: KeptDrawing) -> np.ndarray:
    key = (kept.id, kept.made, kept.pen_width, sum(map(len, kept.drawing.ink)))
    if key not in _prepared:
        if len(_prepared) >= MOST_KEPT:
            _prepared.clear()
        _prepared[key] = image_of(kept)
    return _prepared[key]
