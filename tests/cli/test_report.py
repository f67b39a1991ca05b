import json
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.runs.label import rename_run
from digitlab.runs.run import Run
from digitlab.runs.scores import score
from tests.cli.conftest import Call

INK = {"digit": 1, "strokes": [[[0, 0], [5, 10], [1, 20]]], "writer": "anna"}


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    return make_run()


def test_the_report_is_written_where_it_should_be(run: Run, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "report.html"
    called = call("report", run.id, "-o", file)
    assert (called.code, called.out) == (0, f"{file}\n")
    html = file.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "359 images" in html


def test_json_names_model_data_and_file(run: Run, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "report.html"
    assert call("report", run.id, "-o", file, "--json").json == {"model": run.id, "data": "sklearn", "file": str(file)}
    assert file.is_file()


def test_a_renamed_run_is_reported_under_its_new_name(run: Run, tmp_path: Path, call: Call) -> None:
    rename_run(run, "my hand")
    call("report", run.id, "-o", tmp_path / "report.html")
    assert "<h1>my hand</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_an_ink_file_can_be_reported_on(run: Run, tmp_path: Path, call: Call) -> None:
    (tmp_path / "mine.jsonl").write_text(json.dumps(INK))
    call("report", run.id, "-o", tmp_path / "report.html", "--data", tmp_path / "mine.jsonl")
    assert "1 image." in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_saved_scores_are_enough_where_the_data_are_not(run: Run, tmp_path: Path, call: Call) -> None:
    part = load_part("sklearn", PartName.TEST, tmp_path)
    score(run, part, save_as="mnist")  # as if these were MNIST, which no test downloads
    call("report", run.id, "-o", tmp_path / "report.html", "--data", "mnist")
    assert "The images are not on the computer" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_bad_input_gets_one_line(run: Run, tmp_path: Path, refuse: Callable[..., str]) -> None:
    assert "no model" in refuse("report", "nosuch", "-o", tmp_path / "a.html")
    assert "no data set" in refuse("report", run.id, "-o", tmp_path / "a.html", "--data", "nosuch")
    assert "-o" in refuse("report", run.id)


def test_a_file_that_cannot_be_written_gets_one_line(run: Run, tmp_path: Path, call: Call) -> None:
    called = call("report", run.id, "-o", tmp_path / "nosuch" / "a.html")
    assert called.code == 2
    assert "cannot be written" in called.err
