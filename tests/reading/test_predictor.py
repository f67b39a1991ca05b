import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader

from digitlab.data.parts import Part, from_arrays
from digitlab.errors import BadPicture, BadRun, BlankDrawing, UnknownName
from digitlab.image.prepare import prepare
from digitlab.models import build_model, to_input
from digitlab.reading.predictor import Predictor, evaluate, load_model, predict
from digitlab.runs.run import Run
from digitlab.runs.weights import load_weights
from digitlab.settings import Settings

IMAGE = np.zeros((28, 28), np.uint8)
IMAGE[4:24, 4:24] = np.random.default_rng(0).integers(0, 256, (20, 20))


def test_a_reading_is_the_softmax_of_the_models_logits(make_run: Callable[..., Run]) -> None:
    run = make_run()
    reading = Predictor(run).read(IMAGE)
    model = build_model("softmax")
    load_weights(run.weights, model)
    expected = torch.softmax(model(to_input(torch.tensor(IMAGE)[None]))[0], 0).detach().numpy()
    assert reading.probabilities == pytest.approx(expected, abs=1e-5)
    assert reading.digit == expected.argmax()
    assert reading.milliseconds > 0


@pytest.mark.parametrize(("model", "parameters"), [("softmax", 7850), ("cnn", None)])
def test_a_predictor_knows_its_name_and_parameters(
    model: str, parameters: int | None, make_run: Callable[..., Run]
) -> None:
    run = make_run(model=model)
    predictor = load_model(run.id)
    assert predictor.name == run.id
    assert predictor.parameters == (parameters or run.results["parameters"])


def test_reading_twice_gives_the_same_and_dropout_is_off(make_run: Callable[..., Run]) -> None:
    predictor = Predictor(make_run(model="cnn", dropout=0.9))
    first, second = predictor.read(IMAGE), predictor.read(IMAGE)
    assert (first.probabilities == second.probabilities).all()
    assert not predictor.model.training


def test_a_read_only_image_can_be_read_without_a_warning(make_run: Callable[..., Run]) -> None:
    image = IMAGE.copy()
    image.flags.writeable = False
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings(action="error"):
            assert Predictor(make_run()).read(image).probabilities.sum() == pytest.approx(1)
    finally:
        torch.set_warn_always(False)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no model 'nobody'"):
        load_model("nobody")


def test_a_run_without_weights_is_refused(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.weights.unlink()
    with pytest.raises(BadRun, match="cannot be read: No such file"):
        load_model(run.id)


def test_a_temperature_above_one_makes_it_less_sure_and_keeps_the_answer(make_run: Callable[..., Run]) -> None:
    run = make_run()
    plain = Predictor(run).read(IMAGE)
    run.write_results({**run.results, "doubt": {"temperature": 4.0, "threshold": 0.0}})
    warm = Predictor(run).read(IMAGE)
    assert warm.digit == plain.digit
    assert warm.probabilities.max() < plain.probabilities.max()
    assert warm.sure


def test_below_the_threshold_it_is_not_sure(make_run: Callable[..., Run]) -> None:
    run = make_run()
    highest = float(Predictor(run).read(IMAGE).probabilities.max())
    for threshold, sure in ((highest - 1e-6, True), (highest + 1e-6, False)):
        run.write_results({"doubt": {"temperature": 1.0, "threshold": threshold}})
        assert Predictor(run).read(IMAGE).sure is sure


@pytest.mark.parametrize(
    "doubt", [{}, [], "x", {"temperature": 0, "threshold": 2}, {"temperature": "a", "threshold": 0.5}]
)
def test_foreign_figures_of_doubt_are_refused(doubt: object, make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_results({"doubt": doubt})
    with pytest.raises(BadRun, match=r"results\.json is damaged or foreign: doubt"):
        Predictor(run)


def test_many_images_are_read_at_once_as_one_by_one(make_run: Callable[..., Run]) -> None:
    predictor = Predictor(make_run())
    images = np.stack([IMAGE, IMAGE[::-1]])
    for one, image in zip(predictor.read_all(images), images, strict=True):
        assert one.probabilities == pytest.approx(predictor.read(image).probabilities, abs=1e-6)


def test_floats_and_tensors_and_whole_numbers_are_read_as_the_bytes_that_they_stand_for(
    make_run: Callable[..., Run],
) -> None:
    predictor = Predictor(make_run())
    expected = predictor.read(IMAGE).probabilities
    part = from_arrays([IMAGE], [3])
    for given in (
        IMAGE / 255,
        (IMAGE / 255).astype(np.float32),
        IMAGE.astype(np.int64),
        IMAGE[None],
        torch.tensor(IMAGE),
        part[0][0],
        next(iter(DataLoader(part)))[0],
        IMAGE.tolist(),
    ):
        assert predictor.read(given).probabilities == pytest.approx(expected, abs=1e-6)


def test_a_path_and_a_pil_image_are_prepared_first(make_run: Callable[..., Run], tmp_path: Path) -> None:
    predictor = Predictor(make_run())
    paper = np.full((300, 200), 240, np.uint8)
    paper[60:240, 90:110] = 10
    picture = Image.fromarray(paper)
    picture.save(tmp_path / "one.png")
    expected = predictor.read(prepare(paper).image).probabilities
    for given in (
        tmp_path / "one.png",
        str(tmp_path / "one.png"),
        picture,
        picture.convert("RGB"),
        picture.convert("P"),
    ):
        assert predictor.read(given).probabilities == pytest.approx(expected, abs=1e-6)


def test_even_a_pil_image_of_28_by_28_is_prepared(make_run: Callable[..., Run]) -> None:
    predictor = Predictor(make_run())
    small = Image.fromarray(255 - IMAGE)
    expected = predictor.read(prepare(small).image).probabilities
    assert predictor.read(small).probabilities == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (255 - IMAGE, "bright rim"),
        (1 - IMAGE / 255, "bright rim"),
        ((IMAGE > 100).astype(np.uint8), "strongest ink is 1 of 255"),
        ((IMAGE > 100).astype(np.int64), "strongest ink is 1 of 255"),
        (IMAGE.astype(np.float32), "from 0 to 25[0-9]; floats must lie in 0..1"),
        (IMAGE.astype(int) * 2, "whole numbers in 0..255"),
        (np.where(IMAGE > 0, np.nan, 0.0), "values from nan to nan"),
        (IMAGE[:27], "the shape 27×28; an image has 28×28"),
        (np.stack([IMAGE] * 3, 2), "the shape 28×28×3"),
        (np.stack([IMAGE] * 3), "There are 3 images. Read several with read_all"),
        ([[1, 2], [3]], "cannot be read as an array"),
        (["seven"], "is not a picture"),
        ([], "is not a picture"),
        (None, "None is not a picture"),
        ("nowhere.png", "nowhere.png cannot be read: No such file"),
        (Path("nowhere.png"), "nowhere.png cannot be read: No such file"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused_in_one_line(
    picture: object, words: str, make_run: Callable[..., Run]
) -> None:
    with pytest.raises(BadPicture, match=words) as caught:
        Predictor(make_run()).read(picture)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("picture", [Image.new("L", (300, 200), 255), Image.new("RGBA", (28, 28))])
def test_a_blank_picture_is_refused(picture: Image.Image, make_run: Callable[..., Run]) -> None:
    with pytest.raises(BlankDrawing):
        Predictor(make_run()).read(picture)


def test_a_mask_of_true_and_false_is_read_as_white_on_black(make_run: Callable[..., Run]) -> None:
    predictor = Predictor(make_run())
    mask = IMAGE > 100
    expected = predictor.read(mask.astype(np.uint8) * 255).probabilities
    assert predictor.read(mask).probabilities == pytest.approx(expected, abs=1e-6)


def test_no_images_have_no_readings(make_run: Callable[..., Run]) -> None:
    predictor = Predictor(make_run())
    assert predictor.read_all([]) == predictor.read_all(np.zeros((0, 28, 28), np.uint8)) == []


def test_a_reading_knows_the_probability_of_its_digit(make_run: Callable[..., Run]) -> None:
    reading = Predictor(make_run()).read(IMAGE)
    assert reading.probability == reading.probabilities.max()


def test_the_settings_say_where_the_runs_are(make_run: Callable[..., Run], tmp_path: Path) -> None:
    run = make_run(tmp_path / "elsewhere")
    assert load_model(run.id, Settings(tmp_path, tmp_path / "elsewhere")).name == run.id
    assert load_model(str(run.folder)).name == run.id
    with pytest.raises(UnknownName):
        load_model(run.id)


def test_a_reader_its_name_and_its_network_are_evaluated_on_a_part(
    make_run: Callable[..., Run], make_part: Callable[..., Part]
) -> None:
    run, part = make_run(), make_part(50)
    predictor = load_model(run.id)
    right = [
        reading.digit == digit for reading, digit in zip(predictor.read_all(part.images), part.labels, strict=True)
    ]
    summary = evaluate(run.id, part)
    assert summary.accuracy == pytest.approx(np.mean(right))
    assert evaluate(predictor, part) == evaluate(predictor.model, part) == summary


def test_a_reader_is_evaluated_as_calibrated_as_it_reads(
    make_run: Callable[..., Run], make_part: Callable[..., Part]
) -> None:
    run, part = make_run(), make_part(50)
    run.write_results({"doubt": {"temperature": 3.0, "threshold": 0.0}})
    predictor = Predictor(run)
    readings = predictor.read_all(part.images)
    loss = -np.mean([np.log(one.probabilities[digit]) for one, digit in zip(readings, part.labels, strict=True)])
    assert evaluate(predictor, part).loss == pytest.approx(loss, rel=1e-5)
    assert evaluate(predictor.model, part).loss != pytest.approx(loss, rel=1e-3)


def test_predicted_are_a_readers_own_probabilities_in_the_parts_order(
    make_run: Callable[..., Run], make_part: Callable[..., Part]
) -> None:
    run, part = make_run(), make_part(30)
    run.write_results({"doubt": {"temperature": 2.0, "threshold": 0.5}})
    reader = load_model(run.id)
    answers = predict(reader, part)
    expected = [reading.probabilities for reading in reader.read_all(part.images)]
    assert answers.probabilities == pytest.approx(np.array(expected), abs=1e-5)
    assert (answers.labels == part.labels.numpy()).all()
    assert (predict(run.id, part).logits == answers.logits).all()
    assert predict(reader.model, part).logits == pytest.approx(2 * answers.logits)


def test_evaluated_is_what_is_predicted(make_run: Callable[..., Run], make_part: Callable[..., Part]) -> None:
    reader, part = load_model(make_run().id), make_part(30)
    assert evaluate(reader, part).mistakes == int((~predict(reader, part).right).sum())


def test_a_module_without_parameters_can_be_asked(make_part: Callable[..., Part]) -> None:
    class Top(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x[:, 0, :10, 14]

    part = make_part(5)
    assert predict(Top(), part).logits == pytest.approx(part.images[:, :10, 14].numpy() / 255)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_a_model_on_a_gpu_is_asked_there(make_part: Callable[..., Part]) -> None:
    model = build_model("softmax", seed=0)
    expected = predict(model, make_part(5)).logits
    assert predict(model.to("cuda"), make_part(5)).logits == pytest.approx(expected, abs=1e-4)
