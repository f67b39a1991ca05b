"""What the surfaces give back: one prepared digit, or a picture of several."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from digitlab.preprocess import Prepared


@dataclass(frozen=True)
class Writing:
    """A picture of digits that are still to be told apart: grey, `uint8` of shape (height, width), white ink.

    photo: what the ink was found on, None for a drawing.
    """

    ink: np.ndarray
    photo: Image.Image | None = None


Given = Prepared | Writing | None
