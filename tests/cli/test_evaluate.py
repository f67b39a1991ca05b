import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sklearn.metrics import classification_report

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.rendering import render
from digitlab.ink.ink_file import read_ink_file
from digitlab.metrics.calibration import log_loss
from digitlab.metrics.predictions import Predictions, tempered
from digitlab.runs.run import Run
from digitlab.runs.scores import score

LINES = [{"digit": d, "strokes": [[[0, 0], [5 + d, 10], [d, 20]]], "writer": "anna"} for d in (0, 1, 1, 7, 7, 7)]


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    return make_run()


@pytest.fixture
def ink_file(tmp_path: Path) -> Path:
    file = tmp_path / "mine.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, LINES)).encode()))
    return file


def test_a_run_is_evaluated_on_its_own_test_part(run: Run, call: Callable) -> None:
    part = load_part("sklearn", PartName.TEST, Path("nowhere"))
    predicted = score(run, part).logits.argmax(1)
    report = classification_report(part.labels, predicted, output_dict=True, zero_division=0)
    result = call("evaluate", run.id, "--json").json
    assert (result["model"], result["data"], result["images"]) == (run.id, "sklearn", 359)
    assert result["accuracy"] == pytest.approx(report["accuracy"])
    assert result["per_class"] == pytest.approx({str(digit): report[str(digit)]["recall"] for digit in range(10)})
    assert run.evaluation("sklearn").is_file()


def test_the_text_form_gives_accuracy_and_every_class(run: Run, call: Callable) -> None:
    called = call("evaluate", run.id)
    lines = called.out.splitlines()
    assert (called.code, called.err) == (0, "")
    assert lines[0].startswith(f"{run.id} on sklearn: ")
    assert "of 359 wrong" in lines[0]
    assert [line.split(":")[0].strip() for line in lines[1:]] == list("0123456789")


def test_an_ink_file_is_evaluated_and_nothing_is_saved(run: Run, ink_file: Path, call: Callable) -> None:
    part = render(read_ink_file(ink_file))
    right = (score(run, part).logits.argmax(1) == part.labels.numpy()).sum()
    result = call("evaluate", run.id, "--data", ink_file, "--json").json
    assert (result["images"], result["mistakes"]) == (6, 6 - right)
    assert result["per_class"].keys() == {"0", "1", "7"}
    assert not (run.folder / "evaluations").exists()


def test_answers_are_calibrated(run: Run, call: Callable) -> None:
    raw = call("evaluate", run.id, "--json").json
    run.write_results({**run.results, "doubt": {"temperature": 3.0, "threshold": 0.0}})
    calm = call("evaluate", run.id, "--json").json
    scores = score(run, load_part("sklearn", PartName.TEST, Path("nowhere")))
    assert calm["loss"] == pytest.approx(log_loss(tempered(Predictions(scores.logits, scores.labels), 3.0)))
    assert calm["loss"] != pytest.approx(raw["loss"])
    assert calm["accuracy"] == raw["accuracy"]


def test_a_file_that_is_called_like_a_data_set_never_takes_its_place(
    run: Run, ink_file: Path, call: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ink_file.parent)
    ink_file.rename("sklearn")
    assert call("evaluate", run.id, "--json").json["images"] == 359
    assert call("evaluate", run.id, "--data", "sklearn", "--json").json["images"] == 359
    assert call("evaluate", run.id, "--data", "./sklearn", "--json").json["images"] == 6


def test_a_runs_folder_may_be_named(run: Run, call: Callable) -> None:
    assert call("evaluate", run.folder, "--json").json["model"] == run.id


@pytest.mark.parametrize("name", ["nobody", "", "..", "../x", "/etc", "a" * 5000, "20260101-000000-cnn-abcdef"])
def test_an_unknown_model_is_refused(name: str, refuse: Callable[..., str]) -> None:
    assert "There is no model" in (line := refuse("evaluate", name)) or "is not a run" in line


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("letters", "There is no data set 'letters'"),
        ("", "There is no data set ''"),
        ("sklearn+letters", "There is no data set 'letters'"),
        ("nowhere.jsonl.gz", "nowhere.jsonl.gz cannot be read: No such file"),
        (".", "Is a directory"),
        ("pen", "Run `digitlab download pen`"),
    ],
)
def test_unknown_data_are_refused(data: str, message: str, run: Run, refuse: Callable[..., str]) -> None:
    assert message in refuse("evaluate", run.id, "--data", data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no drawing"),
        (b"no json", "line 1: not a JSON object"),
        (gzip.compress(json.dumps(LINES[0]).encode() * 99, mtime=0)[:-9], "cannot be read"),
        (b'{"digit": 12, "strokes": [[[1, 1]]]}', "line 1: digit is 12"),
        (b'{"digit": 1, "strokes": [[[1, NaN]]]}', "line 1: A point"),
    ],
)
def test_bad_ink_files_are_refused(
    content: bytes, message: str, run: Run, refuse: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "bad.jsonl").write_bytes(content)
    assert message in refuse("evaluate", run.id, "--data", tmp_path / "bad.jsonl")


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\x80\x04K\x01.", bytes(64)])
def test_damaged_and_foreign_weights_are_refused(content: bytes, run: Run, refuse: Callable[..., str]) -> None:
    run.weights.write_bytes(content)
    line = refuse("evaluate", run.id)
    assert "weights.safetensors is damaged or not a safetensors file" in line
    assert "Choose another run" in line


def test_a_config_with_an_unknown_key_is_refused(run: Run, refuse: Callable[..., str]) -> None:
    (run.folder / "config.json").write_text(json.dumps({**run.config.to_dict(), "speed": 3}))
    assert "Unknown setting 'speed'" in refuse("evaluate", run.id)


def test_a_run_without_weights_is_refused(run: Run, refuse: Callable[..., str]) -> None:
    run.weights.unlink()
    assert "has no weights yet" in refuse("evaluate", run.id)
