"""Maps: where a drawing lies among test images, in a model's last hidden layer, and which of them are nearest to it."""

import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from digitlab.errors import DigitlabError
from digitlab.explain.embedding import MapImages, Neighbourhoods, Plane, fit_plane, nearest
from digitlab.models import Softmax
from digitlab.reading.live import Readers, Readings, Seen, view
from digitlab.reading.predictor import Predictor

NEIGHBOURS = 10
PROJECTIONS = ("pca", "tsne")


class Map:
    """A model's map. values: what its last dense layer gets of the images, `float32` of shape (N, D).

    plane: their PCA. neighbourhoods: their t-SNE, None until there is one.
    """

    def __init__(self, reader: Predictor, images: MapImages) -> None:
        self.images = images
        self.values = reader.hidden(images.part.images.numpy())
        self.is_of_pixels = isinstance(reader.model, Softmax)
        self.plane: Plane = fit_plane(self.values)
        self.points = self.plane.place(self.values)
        self.neighbourhoods: Neighbourhoods | None = None

    def place(self, value: np.ndarray, projection: str) -> np.ndarray | None:
        """Where a value of shape (D,) lies, shape (2,); None while there is no such projection."""
        projected = self.plane if projection == "pca" else self.neighbourhoods
        return None if projected is None else projected.place(value[None])[0]


@dataclass(frozen=True)
class Placed:
    """Where a drawing lies on a model's map.

    projection: one of PROJECTIONS. is_made: whether there is a map. point: shape (2,); None while nothing is drawn or
    the projection is not made. near: indices of the nearest images in the last hidden layer, nearest first; distances:
    their Euclidean distances.
    """

    projection: str
    is_made: bool
    point: np.ndarray | None = None
    near: Sequence[int] = ()
    distances: Sequence[float] = ()


_made: WeakKeyDictionary[Predictor, Map] = WeakKeyDictionary()
_making = threading.Lock()


def find_map(reader: Predictor) -> Map | None:
    """The map of a reader, None when none has been made. It goes with the reader when the weights change."""
    return _made.get(reader)


def make_map(reader: Predictor, images: MapImages) -> Map:
    """The map of a reader; made in some seconds when there is none, one at a time."""
    with _making:
        found = _made.get(reader)
        if found is None or found.images.fingerprint != images.fingerprint:
            found = _made[reader] = Map(reader, images)
        return found


def add_neighbourhoods(found: Map, points: np.ndarray) -> None:
    """Give a map its t-SNE, as `fit_neighbourhoods` made it; drawings are placed in it from now on."""
    with _making:
        if found.neighbourhoods is None or not np.array_equal(found.neighbourhoods.points, points):
            found.neighbourhoods = Neighbourhoods(found.values, points)


@view("map", slow=True)
def place(seen: Seen, readers: Readers) -> Generator[np.ndarray, Readings, Mapping[str, Placed | DigitlabError]]:
    """Model → where the drawing lies on its map. A map is never made here: that takes seconds, see `make_map`."""
    yield from ()
    projection = seen.question.parameters.choice("projection", PROJECTIONS, "pca")
    return {
        model: reader if isinstance(reader, DigitlabError) else _placed(reader, seen.image, projection)
        for model, reader in readers.items()
    }


def _placed(reader: Predictor, image: np.ndarray | None, projection: str) -> Placed:
    found = find_map(reader)
    if found is None or image is None:
        return Placed(projection, found is not None)
    value = reader.hidden(image[None])[0]
    indices, distances = nearest(found.values, value, NEIGHBOURS)
    return Placed(projection, True, found.place(value, projection), indices.tolist(), distances.tolist())
