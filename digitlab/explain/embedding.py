"""Where an image lies among others: what a model's last hidden layer makes of them, in two dimensions.

PCA: I. T. Jolliffe, "Principal Component Analysis", 2002. t-SNE: L. van der Maaten, G. Hinton, "Visualizing Data using
t-SNE", 2008; new images are placed as openTSNE does: P. Poličar, M. Stražar, B. Zupan, "openTSNE", 2024.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from digitlab.data import PartName
from digitlab.data.dataset import DATASETS
from digitlab.data.parts import Part
from digitlab.settings import DataFolders

MOST_IMAGES = 2000
"""Of a map."""

_SEED = 0
"""Of the choice of images, and of both projections."""

_BEFORE_TSNE = 50
"""Principal components that t-SNE starts from."""

_STEPS_TO_PLACE = 25
"""Of the gradient descent that places a new image in a t-SNE: some 20 ms; all 250 move it by half a percent."""


@dataclass(frozen=True)
class MapImages:
    """The images of every map: a choice of a data set's test part that is always the same.

    data: the data set's name. title: what people call them. part: them, in the order of the data set.
    """

    data: str
    title: str
    part: Part

    @cached_property
    def fingerprint(self) -> str:
        return self.part.fingerprint()


def choose_images(folders: DataFolders) -> MapImages:
    """2,000 test images of MNIST where it is here, else scikit-learn's digits. Raises DataMissing."""
    dataset = DATASETS["mnist" if DATASETS["mnist"].is_here(folders) else "sklearn"]
    part = dataset.load_part(folders, PartName.TEST, 0.0)
    chosen = np.sort(np.random.default_rng(_SEED).permutation(len(part))[:MOST_IMAGES])
    return MapImages(
        dataset.name,
        f"{len(chosen):,} test images of {dataset.title}",
        Part(part.images[chosen], part.labels[chosen]),
    )


@dataclass(frozen=True)
class Plane:
    """The two directions in which the values differ most. mean: shape (D,). axes: shape (2, D), of length 1.

    explained: the share of the variance that lies along each of them, 0..1.
    """

    mean: np.ndarray
    axes: np.ndarray
    explained: np.ndarray

    def place(self, values: np.ndarray) -> np.ndarray:
        """Values of shape (N, D) as points of shape (N, 2): exactly where the projection puts them."""
        points: np.ndarray = (values - self.mean) @ self.axes.T
        return points


def fit_plane(values: np.ndarray, components: int = 2) -> Plane:
    """The PCA of values of shape (N, D). The largest entry of each axis is positive, so that no map is mirrored."""
    from sklearn.decomposition import PCA

    found = PCA(components, svd_solver="arpack", random_state=_SEED).fit(values.astype(np.float64))
    axes = found.components_
    axes = axes * np.sign(np.take_along_axis(axes, np.abs(axes).argmax(1, keepdims=True), 1))
    return Plane(found.mean_, axes, found.explained_variance_ratio_)


def nearest(values: np.ndarray, one: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of values of shape (N, D) to one of shape (D,), nearest first: indices and Euclidean distances."""
    difference = values - one
    squares = np.einsum("nd,nd->n", difference, difference)
    indices = np.argsort(squares, kind="stable")[:count]
    return indices, np.sqrt(squares[indices])


class Neighbourhoods:
    """A t-SNE of values of shape (N, D), into which new ones can be placed. points: `float32` of shape (N, 2)."""

    def __init__(self, values: np.ndarray, points: np.ndarray) -> None:
        """points: as `fit_neighbourhoods` gave them for these very values."""
        from openTSNE import TSNEEmbedding

        self._plane, affinities = _affinities(values)
        self.points = points
        self._embedding = TSNEEmbedding(
            points.astype(np.float64), affinities, negative_gradient_method="bh", n_jobs=1, random_state=_SEED
        )

    def place(self, values: np.ndarray) -> np.ndarray:
        """Values of shape (N, D) as points of shape (N, 2), by openTSNE's own transform."""
        new = self._plane.place(values).astype(np.float64)
        return np.asarray(self._embedding.transform(new, n_iter=_STEPS_TO_PLACE), np.float32)


def fit_neighbourhoods(values: np.ndarray, progress: Callable[[float], None]) -> np.ndarray:
    """The t-SNE of values of shape (N, D): points, `float32` of shape (N, 2). It takes 10 s and more.

    progress: is told the share that is done, 0..1.
    """
    from openTSNE import TSNE
    from openTSNE.initialization import pca

    plane, affinities = _affinities(values)
    steps, each = [0], 25

    def tell(*_: Any) -> None:
        steps[0] += each
        progress(min(1.0, steps[0] / 750))

    method = TSNE(
        n_jobs=1,
        random_state=_SEED,
        negative_gradient_method="bh",
        callbacks=tell,
        callbacks_every_iters=each,
    )
    start = pca(plane.place(values), random_state=_SEED)
    return np.asarray(method.fit(affinities=affinities, initialization=start), np.float32)


def _affinities(values: np.ndarray) -> tuple[Plane, Any]:
    """The first principal components of values, and openTSNE's affinities of the values in them."""
    from openTSNE.affinity import PerplexityBasedNN

    plane = fit_plane(values, min(_BEFORE_TSNE, *(side - 1 for side in values.shape)))
    placed = plane.place(values).astype(np.float64)
    perplexity = min(30, (len(values) - 1) / 3)
    return plane, PerplexityBasedNN(placed, perplexity=perplexity, method="exact", n_jobs=1, random_state=_SEED)
