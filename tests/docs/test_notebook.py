"""docs/digitlab.ipynb, run as a reader runs it, and what its figures hold."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest

from digitlab.data.dataset import load_data
from digitlab.reading.predictor import evaluate, load_model
from digitlab.runs.weights import weight_images

pytestmark = pytest.mark.long

NOTEBOOK = Path(__file__).parents[2] / "docs" / "digitlab.ipynb"
PLOTLY = "application/vnd.plotly.v1+json"
PATIENCE = 600
"""Seconds that one cell may take; a loaded machine takes long."""

MARKDOWN_AND_CODE = 20


def written() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of this file's own: for runs, and for what Jupyter and IPython write beside."""
    folder = tmp_path_factory.mktemp("notebook")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(folder / name.lower()))
        patch.setenv("PYTHONPATH", str(NOTEBOOK.parents[1]))
        patch.setenv("OMP_NUM_THREADS", "1")  # on a loaded machine more threads only wait for one another
        patch.delenv("PLOTLY_RENDERER", raising=False)
        yield folder


@pytest.fixture(scope="module")
def executed_once(surroundings: Path) -> dict[str, Any]:
    return {}


@pytest.fixture
def executed(
    data_folder: Path, surroundings: Path, executed_once: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> nbformat.NotebookNode:
    """The notebook after its only execution; a cell that fails fails the test with its traceback."""
    monkeypatch.setenv("DIGITLAB_RUNS", str(surroundings / "runs"))
    if "notebook" not in executed_once:
        before = sorted(NOTEBOOK.parent.rglob("*"))
        notebook = written()
        place = {"metadata": {"path": str(NOTEBOOK.parent)}}
        nbclient.NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3", resources=place).execute()
        executed_once["notebook"] = notebook
        executed_once["left behind"] = sorted(set(NOTEBOOK.parent.rglob("*")) - set(before))
    return executed_once["notebook"]


def figures_of(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Title → figure, of all outputs in their order."""
    found = [
        output.data[PLOTLY]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if PLOTLY in output.get("data", {})
    ]
    figures = {figure["layout"]["title"]["text"]: figure for figure in found}
    assert len(figures) == len(found)
    return figures


def printed(notebook: nbformat.NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream")


def numbers(values: Any) -> np.ndarray:
    """What plotly writes for an array: a list, or its bytes in base64."""
    if isinstance(values, list):
        return np.array(values, float)
    flat = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return flat.reshape([int(side) for side in values.get("shape", "-1").split(",")])


def saved(surroundings: Path) -> dict[str, Path]:
    """Architecture → the folder of its run."""
    return {folder.name.split("-", 2)[2].rsplit("-", 1)[0]: folder for folder in (surroundings / "runs").iterdir()}


def test_the_file_has_twenty_cells_in_pairs_of_words_and_code_and_no_outputs() -> None:
    notebook = written()
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code"] * (MARKDOWN_AND_CODE // 2)
    assert not [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}  # nothing of the machine where it was written
    assert not [cell.metadata for cell in notebook.cells if cell.metadata]


def test_every_cell_runs_without_an_error_or_a_warning(executed: nbformat.NotebookNode) -> None:
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, 11))
    outputs = [output for cell in code for output in cell.outputs]
    assert {(output.output_type, output.get("name")) for output in outputs} == {
        ("stream", "stdout"),
        ("display_data", None),
    }


def test_its_figures_are_those_of_the_published_projects(executed: nbformat.NotebookNode) -> None:
    assert list(figures_of(executed)) == [
        "Ten training images, and their digits",
        "Loss of training and validation",
        "Accuracy of training and validation",
        "softmax: number of images",
        "CNN: number of images",
        "softmax: ROC, each digit against the rest",
        "CNN: ROC, zoomed",
        "ROC, zoomed: all digits together",
        "Weights of each digit, one per pixel",
        "softmax: the first ten test images",
        "softmax: mistakes, the surest first",
        "CNN: the first ten test images",
        "CNN: mistakes, the surest first",
        "A digit drawn by hand, and two answers",
    ]


def test_curves_have_a_point_for_each_epoch_and_go_the_right_way(executed: nbformat.NotebookNode) -> None:
    figures = figures_of(executed)
    for title, better in (("Loss", -1), ("Accuracy", 1)):
        traces = figures[f"{title} of training and validation"]["data"]
        epochs = {trace["name"]: numbers(trace["x"]).tolist() for trace in traces}
        assert epochs == {
            "softmax, training": list(range(1, 11)),
            "softmax, validation": list(range(1, 11)),
            "CNN, training": [1, 2],
            "CNN, validation": [1, 2],
        }
        for trace in traces:
            values = numbers(trace["y"])
            assert better * values[-1] > better * values[0]


def test_a_confusion_matrix_counts_all_test_images(executed: nbformat.NotebookNode) -> None:
    figures = figures_of(executed)
    for what, mistakes in zip(("softmax", "CNN"), re.findall(r": (\d+) mistakes", printed(executed))[::2], strict=True):
        cells = [trace for trace in figures[f"{what}: number of images"]["data"] if trace["type"] == "heatmap"]
        right, wrong = (np.nan_to_num(numbers(trace["z"])) for trace in cells)
        assert right.shape == wrong.shape == (10, 10)
        assert (right + wrong).sum() == 10_000
        assert wrong.sum() == int(mistakes)
        assert np.trace(wrong) == 0


def test_roc_curves_go_from_corner_to_corner_for_each_digit_and_the_averages(executed: nbformat.NotebookNode) -> None:
    for title in ("softmax: ROC, each digit against the rest", "CNN: ROC, zoomed"):
        curves = [trace for trace in figures_of(executed)[title]["data"] if trace.get("name")]
        assert [curve["name"].split(":")[0] for curve in curves] == [*map(str, range(10)), "micro", "macro"]
        for curve in curves:
            x, y = numbers(curve["x"]), numbers(curve["y"])
            assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
            assert 0.98 < float(curve["name"].split(": ")[1]) <= 1
    softmax, cnn = figures_of(executed)["ROC, zoomed: all digits together"]["data"]
    assert float(softmax["name"].split()[-1]) < float(cnn["name"].split()[-1])


def test_ten_weight_images_are_those_of_the_saved_model(executed: nbformat.NotebookNode, surroundings: Path) -> None:
    shown = figures_of(executed)["Weights of each digit, one per pixel"]["data"]
    weights = weight_images(saved(surroundings)["softmax"] / "weights.safetensors")
    assert len(shown) == 10
    assert all((numbers(trace["z"]) == image).all() for trace, image in zip(shown, weights, strict=True))


def test_sample_predictions_are_test_images_and_mistakes_are_mistakes(executed: nbformat.NotebookNode) -> None:
    figures = figures_of(executed)
    test = load_data("mnist", "test")
    for what in ("softmax", "CNN"):
        first = figures[f"{what}: the first ten test images"]
        assert all((numbers(t["z"]) == i).all() for t, i in zip(first["data"], test.images[:10].numpy(), strict=True))
        true = [int(note["text"][0]) for note in first["layout"]["annotations"]]
        assert true == test.labels[:10].tolist()
        wrong = [note["text"] for note in figures[f"{what}: mistakes, the surest first"]["layout"]["annotations"]]
        pairs = [re.fullmatch(r"(\d) → (\d)<br>([\d.]+)%", text) for text in wrong]
        assert all(pair and pair[1] != pair[2] for pair in pairs)
        sure = [float(pair[3]) for pair in pairs if pair]
        assert len(sure) == 10
        assert sure == sorted(sure, reverse=True)
    drawn = figures["A digit drawn by hand, and two answers"]
    assert [note["text"] for note in drawn["layout"]["annotations"]] == ["softmax: 7", "CNN: 7"]


def test_saved_models_load_again_and_are_as_good_as_the_notebook_says(
    executed: nbformat.NotebookNode, surroundings: Path
) -> None:
    text, test = printed(executed), load_data("mnist", "test")
    runs = saved(surroundings)
    assert set(runs) == {"softmax", "cnn-fast"}
    for (name, folder), least, published in zip(sorted(runs.items()), (0.985, 0.917), (0.9452, 0.92), strict=True):
        found = evaluate(load_model(str(folder)), test)
        said = text.split(f"saved as {folder.name}\n")[1].split("saved as")[0]
        assert f"{found.accuracy:.2%} of the test images" in said
        assert re.findall(r": (\d+) mistakes", said) == [str(found.mistakes)] * 2
        assert found.accuracy > least, name
        assert found.accuracy > published - 0.003


def test_it_leaves_nothing_in_docs(executed: nbformat.NotebookNode, executed_once: dict[str, Any]) -> None:
    assert executed_once["left behind"] == []
