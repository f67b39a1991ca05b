"""Signed values as colours: blue below zero, red above, a neutral middle, the same limit on both sides.

Source: Paul Tol's diverging scheme "BuRd", https://personal.sron.nl/~pault/ (told apart by colour-blind people).
"""

import io

import numpy as np
from PIL import Image

BURD = ("#2166AC", "#4393C3", "#92C5DE", "#D1E5F0", "#F7F7F7", "#FDDBC7", "#F4A582", "#D6604D", "#B2182B")
"""From the most negative to the most positive value."""

_STOPS = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in BURD], float)


def limit_of(values: np.ndarray) -> float:
    """The largest amount among the values, for both ends of the scale; never 0."""
    largest = float(np.abs(values).max(initial=0.0))
    return largest if np.isfinite(largest) and largest > 0 else 1.0


def signed_png(values: np.ndarray, limit: float) -> bytes:
    """A picture, PNG, of values of shape (height, width): a pixel each, ±`limit` in the full colours."""
    place = (np.clip(np.nan_to_num(values) / limit, -1, 1) + 1) / 2 * (len(BURD) - 1)
    channels = [np.interp(place, np.arange(len(BURD)), _STOPS[:, channel]) for channel in range(3)]
    picture = Image.fromarray(np.stack(channels, axis=-1).round().astype(np.uint8))
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
