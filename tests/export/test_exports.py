import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.errors import NotSaved
from digitlab.export.exports import EXPORTS, as_one_file, write_export
from digitlab.runs.archive import unpack_run
from digitlab.runs.run import Run, open_run
from digitlab.settings import CHECKPOINTS


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A run that can give every format."""
    run = make_run()
    run.append_history({"epoch": 1, "train_loss": 0.5})
    return run


@pytest.fixture
def bare(run: Run) -> Run:
    """A run before its first epoch."""
    run.weights.unlink()
    run.history_file.unlink()
    return run


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.long
def test_nothing_stands_in_the_way_of_a_finished_run(name: str, run: Run) -> None:
    assert EXPORTS[name].lacks(run) == ""
    files = EXPORTS[name].make(run)
    assert all(files.values())
    assert EXPORTS[name].is_folder or len(files) == 1


@pytest.mark.parametrize("name", EXPORTS)
def test_a_download_is_called_as_its_file_is_or_after_the_folder(name: str, run: Run) -> None:
    files = EXPORTS[name].make(run)
    assert EXPORTS[name].file_of(run) == (next(iter(files)) if len(files) == 1 else f"{run.id}-{name}.zip")


def test_a_run_without_weights_says_so_where_they_are_needed(bare: Run) -> None:
    said = {name: export.lacks(bare) for name, export in EXPORTS.items()}
    assert said.pop("archive") == ""
    assert said.pop("tensorboard") == "The run has no history: choose one that was trained for at least one epoch."
    assert set(said.values()) == {
        "The run has no weights yet: wait for its first epoch, or choose another run.",
    }


def test_the_champion_who_was_not_trained_has_no_curves() -> None:
    champion = open_run(CHECKPOINTS / "champion")
    assert [name for name, export in EXPORTS.items() if export.lacks(champion)] == ["tensorboard"]
    assert "trained for at least one epoch" in EXPORTS["tensorboard"].lacks(champion)


def test_a_damaged_history_is_said_before_it_is_asked_for(run: Run) -> None:
    run.history_file.write_text('{"epoch": -1}\n{"epoch": 2}\n')
    assert "is damaged" in EXPORTS["tensorboard"].lacks(run)


@pytest.mark.parametrize(
    ("package", "name"), [("onnx", "onnx"), ("onnxscript", "onnx"), ("tensorboard", "tensorboard")]
)
def test_a_missing_package_is_named_with_what_to_run(
    package: str, name: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # as Python marks what cannot be imported
    off = {other: said for other, export in EXPORTS.items() if (said := export.lacks(run))}
    assert off == {
        name: f"It needs the package {package}, which is not installed. "
        'In digitlab\'s folder, run: pip install ".[export]"'
    }


def test_an_archive_comes_back_as_the_same_run(run: Run, tmp_path: Path) -> None:
    (content,) = EXPORTS["archive"].make(run).values()
    back = unpack_run(content, tmp_path)
    assert (back.config, back.records, back.results) == (run.config, run.records, run.results)
    assert back.weights.read_bytes() == run.weights.read_bytes()


def test_a_folder_keeps_what_it_has_under_other_names(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    written = write_export(EXPORTS["huggingface"], run, tmp_path)
    assert sorted(file.name for file in written) == ["README.md", "config.json", "model.safetensors"]
    assert (tmp_path / "model.safetensors").read_bytes() == run.weights.read_bytes()
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_gets_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("mine")
    with pytest.raises(NotSaved, match="cannot be written"):
        write_export(EXPORTS["tensorboard"], run, tmp_path / "folder")
    assert (tmp_path / "folder").read_text() == "mine"


def test_several_files_are_downloaded_as_a_zip_file_and_one_as_it_is() -> None:
    assert as_one_file({"a": b"alone"}) == b"alone"
    with zipfile.ZipFile(io.BytesIO(as_one_file({"a": b"one", "b": b"other"}))) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == {"a": b"one", "b": b"other"}
