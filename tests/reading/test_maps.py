"""The map: where a drawing lies among test images, against scikit-learn."""

import functools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from digitlab.data.parts import Part
from digitlab.errors import BadRun, UnknownName
from digitlab.explain.embedding import MapImages
from digitlab.image.prepare import prepare_grey
from digitlab.ink.strokes import Drawing, Ink, draw_ink
from digitlab.models import build_model, to_input
from digitlab.reading.live import SLOW, Question, ask
from digitlab.reading.maps import Placed, add_neighbourhoods, find_map, make_map
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Predictor, load_model
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights

SEVEN: Ink = [[[60, 60], [200, 60], [120, 230]]]

MakeRun = Callable[..., Run]
FindReader = Callable[[str], Predictor]


@pytest.fixture
def find_reader() -> FindReader:
    return functools.cache(load_model)


@pytest.fixture
def images(make_part: Callable[..., Part]) -> MapImages:
    return MapImages("toy", "60 toy images", make_part(60))


def placed(model: str, find_reader: FindReader, ink: Ink = SEVEN, projection: str = "pca") -> Placed:
    question = Question(Drawing(ink=ink), [model], ["map"], parameters=Parameters({"projection": projection}))
    value: Placed = ask(question, find_reader)["map"][model]
    return value


def last_inputs(run: Run, images: Tensor) -> np.ndarray:
    """What the last dense layer gets, by a hook, from the model as it was trained."""
    model, got = build_model(run.config.model).eval(), []
    load_weights(run.weights, model)
    model.linear.register_forward_pre_hook(lambda _, given: got.append(given[0]))
    with torch.inference_mode():
        model(to_input(images))
    return torch.cat(got).numpy()


@pytest.mark.parametrize("model", ["softmax", "cnn-small", "cnn"])
def test_place_and_neighbours_are_scikit_learns_of_the_last_hidden_layer(
    model: str, make_run: MakeRun, find_reader: FindReader, images: MapImages
) -> None:
    run = make_run(model=model)
    make_map(find_reader(run.id), images)
    found = placed(run.id, find_reader)
    values = last_inputs(run, images.part.images)
    drawing = last_inputs(run, torch.tensor(prepare_grey(draw_ink(SEVEN)).image)[None])
    theirs = PCA(2, svd_solver="full").fit(values.astype(np.float64))
    size = np.abs(theirs.transform(values)).max()
    assert found.point is not None
    assert np.abs(found.point) == pytest.approx(np.abs(theirs.transform(drawing)[0]), abs=1e-3 * size)
    distances, indices = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(values).kneighbors(drawing)
    assert list(found.near) == indices[0].tolist()
    assert list(found.distances) == pytest.approx(distances[0], rel=1e-3)


def test_an_image_of_the_map_lies_on_its_own_point(
    make_run: MakeRun, find_reader: FindReader, images: MapImages
) -> None:
    run = make_run()
    found = make_map(find_reader(run.id), images)
    image = images.part.images[5].numpy()
    value = ask(Question(Drawing(ink=[]), [run.id], ["map"], image=image), find_reader)["map"][run.id]
    assert value.point == pytest.approx(found.points[5], abs=1e-4)
    assert value.near[0] == 5


def test_a_softmax_regression_has_no_hidden_layer_and_is_mapped_by_its_pixels(
    make_run: MakeRun, find_reader: FindReader, images: MapImages
) -> None:
    softmax, cnn = make_run(), make_run(model="cnn-small")
    assert make_map(find_reader(softmax.id), images).is_of_pixels
    assert not make_map(find_reader(cnn.id), images).is_of_pixels
    assert find_map(find_reader(softmax.id)).values.shape == (60, 784)


def test_before_a_map_is_made_the_view_says_so_at_once(make_run: MakeRun, find_reader: FindReader) -> None:
    assert placed(make_run().id, find_reader) == Placed("pca", False)
    assert "map" in SLOW


@pytest.mark.parametrize("ink", [[], [[[140, 140]]]])
def test_while_no_digit_is_drawn_nothing_is_placed(
    ink: Ink, make_run: MakeRun, find_reader: FindReader, images: MapImages
) -> None:
    run = make_run()
    make_map(find_reader(run.id), images)
    assert placed(run.id, find_reader, ink) == Placed("pca", True)


def test_a_map_is_made_once_and_goes_with_its_reader(make_run: MakeRun, images: MapImages) -> None:
    run = make_run()
    reader = load_model(run.id)
    assert make_map(reader, images) is make_map(reader, images)
    assert find_map(load_model(run.id)) is None


def test_the_drawing_is_placed_in_a_t_sne_once_there_is_one(
    make_run: MakeRun, find_reader: FindReader, images: MapImages
) -> None:
    run = make_run()
    found = make_map(find_reader(run.id), images)
    before = placed(run.id, find_reader, projection="tsne")
    assert before.is_made
    assert before.point is None
    assert len(before.near) == 10
    add_neighbourhoods(found, np.random.default_rng(0).normal(0, 10, (60, 2)).astype(np.float32))
    after = placed(run.id, find_reader, projection="tsne")
    assert after.point is not None
    assert after.near == before.near
    assert np.isfinite(after.point).all()


def test_a_projection_that_does_not_exist_is_refused(make_run: MakeRun, find_reader: FindReader) -> None:
    with pytest.raises(UnknownName, match="There is no projection 'umap'"):
        placed(make_run().id, find_reader, projection="umap")


def test_a_model_that_cannot_be_read_is_its_own_line(make_run: MakeRun) -> None:
    run = make_run()
    run.weights.unlink()
    found = ask(Question(Drawing(ink=SEVEN), [run.id], ["map"]), load_model)["map"][run.id]
    assert isinstance(found, BadRun)
