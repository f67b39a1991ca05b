"""Maps against scikit-learn, and t-SNE by what it must keep."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from digitlab.explain.embedding import (
    MOST_IMAGES,
    Neighbourhoods,
    choose_images,
    fit_neighbourhoods,
    fit_plane,
    nearest,
)
from digitlab.settings import Settings


@pytest.fixture
def values() -> np.ndarray:
    """Three clouds in 40 dimensions, 240 points, 80 each in turn."""
    random = np.random.default_rng(1)
    centres = random.normal(0, 6, (3, 40))
    return (centres[np.arange(240) % 3] + random.normal(0, 1, (240, 40)) * np.linspace(0.2, 2, 40)).astype(np.float32)


def test_the_plane_is_scikit_learns_pca(values: np.ndarray) -> None:
    plane, theirs = fit_plane(values), PCA(2, svd_solver="full").fit(values.astype(np.float64))
    signs = np.sign((plane.axes * theirs.components_).sum(1))
    assert plane.axes == pytest.approx(theirs.components_ * signs[:, None], abs=1e-6)
    assert plane.explained == pytest.approx(theirs.explained_variance_ratio_)
    assert plane.place(values) == pytest.approx(theirs.transform(values) * signs, abs=1e-4)


def test_a_new_image_has_its_exact_place(values: np.ndarray) -> None:
    plane, new = fit_plane(values), values[:5] + 0.5
    theirs = PCA(2, svd_solver="full").fit(values.astype(np.float64)).transform(new)
    assert np.abs(plane.place(new)) == pytest.approx(np.abs(theirs), abs=1e-4)


def test_no_map_is_ever_mirrored(values: np.ndarray) -> None:
    first = fit_plane(values)
    assert np.array_equal(fit_plane(values).axes, first.axes)
    assert fit_plane(values[::-1]).axes == pytest.approx(first.axes, abs=1e-6)
    assert (np.take_along_axis(first.axes, np.abs(first.axes).argmax(1, keepdims=True), 1) > 0).all()


def test_the_neighbours_are_scikit_learns(values: np.ndarray) -> None:
    theirs = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(values)
    for one in values[:20] + 0.3:
        indices, distances = nearest(values, one, 10)
        expected, order = theirs.kneighbors(one[None])
        assert indices.tolist() == order[0].tolist()
        assert distances == pytest.approx(expected[0], rel=1e-4)


def test_t_sne_keeps_clouds_together_and_places_new_ones_among_their_own(values: np.ndarray) -> None:
    told: list[float] = []
    points = fit_neighbourhoods(values, told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    centres = np.stack([points[cloud::3].mean(0) for cloud in range(3)])
    nearest_centre = np.linalg.norm(points[:, None] - centres, axis=2).argmin(1)
    assert (nearest_centre == np.arange(240) % 3).all()
    map_ = Neighbourhoods(values, points)
    placed = map_.place(values[:6] + 0.05)
    assert (np.linalg.norm(placed[:, None] - centres, axis=2).argmin(1) == np.arange(6) % 3).all()
    assert np.array_equal(Neighbourhoods(values, points).place(values[:6] + 0.05), placed)


def test_the_images_are_always_the_same_ones() -> None:
    first, second = (choose_images(Settings.from_environment().folders) for _ in range(2))
    assert first.data == "sklearn"
    assert "scikit-learn" in first.title
    assert first.fingerprint == second.fingerprint
    assert len(first.part) <= MOST_IMAGES


def test_of_mnist_there_are_two_thousand_test_images(data_folder: object) -> None:
    images = choose_images(Settings.from_environment().folders)
    assert images.title == "2,000 test images of MNIST"
    assert len(images.part) == 2000
    assert set(images.part.labels.tolist()) == set(range(10))
