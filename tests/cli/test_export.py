import csv
import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from digitlab.data.dataset import load_part
from digitlab.export.exports import EXPORTS
from digitlab.metrics.predictions import HEADER
from digitlab.models import build_model
from digitlab.runs.run import Run
from digitlab.runs.scores import score
from digitlab.runs.weights import load_weights
from tests.cli.conftest import Call

Refuse = Callable[..., str]


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A run that is sure of itself, and whose temperature calms it."""
    run = make_run()
    run.write_results({**run.results, "doubt": {"temperature": 2.0, "threshold": 0.0}})
    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "exported"


def test_accuracy_and_loss_can_be_computed_from_the_csv_file(run: Run, file: Path, call: Call) -> None:
    called = call("export", run.id, "--format", "csv", "-o", file)
    assert (called.code, called.out, called.err) == (0, f"{file}\n", "")
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert tuple(rows[0]) == HEADER
    assert [int(row["image"]) for row in rows] == list(range(359))
    figures = call("evaluate", run.id, "--json").json
    right = [row["true"] == row["predicted"] for row in rows]
    assert sum(right) / len(right) == figures["accuracy"]
    losses = [-np.log(float(row[f"p{row['true']}"])) for row in rows]
    assert np.mean(losses) == pytest.approx(figures["loss"])
    for row in rows:
        shares = [float(row[f"p{digit}"]) for digit in range(10)]
        assert sum(shares) == pytest.approx(1)
        assert float(row["confidence"]) == max(shares) == shares[int(row["predicted"])]


def test_json_names_the_file_and_its_size(run: Run, file: Path, call: Call) -> None:
    for form in ("csv", "archive", "safetensors", "onnx", "torchscript", "card"):
        answer = call("export", run.id, "--format", form, "-o", file, "--json").json
        assert answer == {"model": run.id, "format": form, "file": str(file), "bytes": file.stat().st_size}


def test_the_history_becomes_a_file_in_a_folder(run: Run, tmp_path: Path, call: Call) -> None:
    run.append_history({"epoch": 1, "train_loss": 0.5})
    answer = call("export", run.id, "--format", "tensorboard", "-o", tmp_path / "events", "--json").json
    (file,) = (tmp_path / "events").iterdir()
    assert answer == {"model": run.id, "format": "tensorboard", "file": str(file), "bytes": file.stat().st_size}


def test_a_folder_of_several_files_is_named_as_a_whole(run: Run, tmp_path: Path, call: Call) -> None:
    answer = call("export", run.id, "--format", "huggingface", "-o", tmp_path / "hub", "--json").json
    size = sum(file.stat().st_size for file in (tmp_path / "hub").iterdir())
    assert answer == {"model": run.id, "format": "huggingface", "file": str(tmp_path / "hub"), "bytes": size}


def test_every_format_is_offered_with_its_words(call: Call) -> None:
    said = " ".join(call("export", "--help").out.split())
    assert all(f"{name}: {export.words}" in said for name, export in EXPORTS.items())


def test_a_missing_package_gets_one_line_and_no_file(
    run: Run, file: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)  # as Python marks what cannot be imported
    assert 'pip install ".[export]"' in refuse("export", run.id, "--format", "onnx", "-o", file)
    assert not file.exists()


def test_exported_weights_load_again(run: Run, file: Path, call: Call) -> None:
    called = call("export", run.folder, "--format", "safetensors", "-o", file)
    assert (called.code, called.out) == (0, f"{file}\n")
    one, other = build_model("softmax"), build_model("softmax")
    load_weights(file, one)
    load_weights(run.weights, other)
    assert torch.equal(one.linear.weight, other.linear.weight)  # type: ignore[union-attr,arg-type]
    assert load_file(file).keys() == one.state_dict().keys()


def test_an_ink_file_can_be_exported(run: Run, file: Path, tmp_path: Path, call: Call) -> None:
    (tmp_path / "mine.jsonl").write_text('{"digit": 1, "strokes": [[[0, 0], [5, 10], [1, 20]]]}\n' * 3)
    assert call("export", run.id, "--format", "csv", "-o", file, "--data", tmp_path / "mine.jsonl").code == 0
    assert [row["true"] for row in csv.DictReader(io.StringIO(file.read_text()))] == ["1"] * 3


def test_saved_scores_are_enough_where_the_data_are_not(run: Run, file: Path, tmp_path: Path, call: Call) -> None:
    score(run, load_part("sklearn", "test", tmp_path), save_as="mnist")  # as if these were MNIST
    assert call("export", run.id, "--format", "csv", "-o", file, "--data", "mnist").code == 0
    assert file.read_text().count("\n") == 360


def test_bad_input_gets_one_line_and_no_file(run: Run, file: Path, refuse: Refuse) -> None:
    assert "no model" in refuse("export", "nosuch", "--format", "csv", "-o", file)
    assert "no data set" in refuse("export", run.id, "--format", "csv", "-o", file, "--data", "nosuch")
    assert "Leave --data out" in refuse("export", run.id, "--format", "safetensors", "-o", file, "--data", "sklearn")
    assert "Leave --data out" in refuse("export", run.id, "--format", "onnx", "-o", file, "--data", "sklearn")
    assert "no history to export" in refuse("export", run.id, "--format", "tensorboard", "-o", file)
    assert "'pickle' is not one of" in refuse("export", run.id, "--format", "pickle", "-o", file)
    assert "--format" in refuse("export", run.id, "-o", file)
    assert "-o" in refuse("export", run.id, "--format", "csv")
    assert not file.exists()


@pytest.mark.parametrize("form", ["csv", "safetensors", "onnx", "torchscript", "huggingface"])
def test_damaged_weights_do_not_travel_on(form: str, run: Run, file: Path, refuse: Refuse) -> None:
    run.weights.write_bytes(run.weights.read_bytes()[:1000])
    assert "is damaged or not a safetensors file" in refuse("export", run.id, "--format", form, "-o", file)
    assert not file.exists()


@pytest.mark.parametrize("form", ["csv", "safetensors", "onnx", "torchscript"])
def test_a_file_that_cannot_be_written_gets_one_line(form: str, run: Run, tmp_path: Path, call: Call) -> None:
    called = call("export", run.id, "--format", form, "-o", tmp_path / "nosuch" / "file")
    assert (called.code, called.out) == (2, "")
    assert "cannot be written: No such file or directory. Name another file by -o." in called.err
    assert called.err.count("\n") == 1
