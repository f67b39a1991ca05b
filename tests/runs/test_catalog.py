import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.errors import BadRun, UnknownName
from digitlab.runs import catalog
from digitlab.runs.catalog import find_run, find_run_or_folder, list_checkpoints, list_models, list_runs
from digitlab.runs.overview import list_overviews
from digitlab.runs.run import Run
from digitlab.runs.status import State

FOREIGN_NAMES = [
    *("", ".", "..", "../x", "/etc", "/etc/passwd", "a/b", "runs/x", "x\0y", "~", "softmax\n", "SOFTMAX"),
    *("a" * 5000, "20260101-000000-" + "a" * 5000 + "-abcdef", "20260101-000000-cnn-abcdef"),
]


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalog, "CHECKPOINTS", tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


@pytest.fixture
def make_checkpoint(checkpoints: Path, make_run: Callable[..., Run]) -> Callable[..., Run]:
    def make(checkpoint: str, **settings: object) -> Run:
        return Run(make_run(checkpoints, **settings).folder.rename(checkpoints / checkpoint))

    return make


def renamed(run: Run, run_id: str) -> Run:
    return Run(run.folder.rename(run.folder.with_name(run_id)))


def test_nothing_is_listed_where_there_is_nothing(tmp_path: Path) -> None:
    assert list_checkpoints() == list_runs() == list_models() == []
    assert not (tmp_path / "runs").exists()


def test_softmax_and_cnn_come_first_then_the_others_by_name(make_checkpoint: Callable[..., Run]) -> None:
    for name in ("zebra", "cnn", "cnn-mnist", "softmax"):
        make_checkpoint(name)
    assert [run.id for run in list_checkpoints()] == ["softmax", "cnn", "cnn-mnist", "zebra"]


def test_runs_are_listed_newest_first(make_run: Callable[..., Run]) -> None:
    old = renamed(make_run(), "20250101-000000-softmax-abcdef")
    new = make_run()
    assert [run.id for run in list_runs()] == [new.id, old.id]


def test_other_files_and_half_built_folders_are_not_runs(make_run: Callable[..., Run], tmp_path: Path) -> None:
    run = make_run()
    (run.folder.parent / f".{run.id}").mkdir()
    (run.folder.parent / "notes").mkdir()
    (run.folder.parent / "20250101-000000-cnn-abcdef").write_text("a file")
    assert [listed.id for listed in list_runs()] == [run.id]


def test_a_model_entry_tells_what_a_list_needs(
    make_checkpoint: Callable[..., Run], make_run: Callable[..., Run]
) -> None:
    make_checkpoint("softmax", name="Softmax")
    run = make_run(model="cnn")
    first, second = list_models()
    assert (first.name, first.title, first.kind, first.architecture) == ("softmax", "Softmax", "checkpoint", "softmax")
    assert (first.parameters, first.state, first.accuracies) == (7850, State.DONE, {"sklearn": 0.5})
    assert (second.name, second.title, second.kind, second.architecture) == (run.id, run.id, "run", "cnn")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", '{"speed": 3}'),
        ("config.json", '{"epochs": -1}'),
        ("status.json", "[]"),
        ("status.json", '{"state": "flying"}'),
        ("results.json", "{"),
        ("results.json", '{"test": []}'),
        ("results.json", '{"test": {"mnist": {}}}'),
        ("results.json", '{"test": {"mnist": 3}}'),
        ("results.json", '{"parameters": "many"}'),
        ("results.json", '{"test": {"mnist": {"accuracy": "high"}}}'),
    ],
)
def test_damaged_runs_are_left_out_of_the_models(file: str, content: str, make_run: Callable[..., Run]) -> None:
    good, damaged = make_run(), make_run()
    (damaged.folder / file).write_text(content)
    assert [entry.name for entry in list_models()] == [good.id]


def test_runs_without_weights_are_no_models_yet(make_run: Callable[..., Run]) -> None:
    make_run().weights.unlink()
    assert list_models() == []


def test_a_run_is_found_by_its_id_and_a_checkpoint_by_its_name(
    make_checkpoint: Callable[..., Run], make_run: Callable[..., Run]
) -> None:
    run, checkpoint = make_run(), make_checkpoint("cnn")
    assert find_run(run.id).folder == run.folder
    assert find_run("cnn").folder == checkpoint.folder


@pytest.mark.parametrize("name", FOREIGN_NAMES)
def test_foreign_names_are_refused_in_a_short_line(name: str, make_checkpoint: Callable[..., Run]) -> None:
    make_checkpoint("softmax")
    with pytest.raises(UnknownName, match=r"There is no model .*Name a run id or a checkpoint \(softmax\)") as caught:
        find_run(name)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", FOREIGN_NAMES[:12])
def test_foreign_names_never_touch_the_disk(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "list_checkpoints", list)

    def touched(path: Path) -> bool:
        raise AssertionError(f"looked at {path}")

    monkeypatch.setattr(Path, "is_file", touched)
    with pytest.raises(UnknownName):
        find_run(name)


def test_a_folder_may_be_named_on_the_command_line(make_run: Callable[..., Run], tmp_path: Path) -> None:
    run = make_run()
    shutil.copytree(run.folder, tmp_path / "elsewhere")
    assert find_run_or_folder(str(tmp_path / "elsewhere")).config == run.config
    assert find_run_or_folder(run.id).folder == run.folder


def test_a_folder_that_holds_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match=r"is no run: it has no config.json"):
        find_run_or_folder(str(tmp_path))


@pytest.mark.parametrize("name", ["", "../x", "x\0y", "a" * 5000, "nobody"])
def test_names_that_are_neither_run_nor_folder_are_refused(name: str) -> None:
    with pytest.raises(UnknownName):
        find_run_or_folder(name)


def test_runs_are_listed_under_their_title_and_checkpoints_under_their_name(
    make_run: Callable[..., Run], make_checkpoint: Callable[..., Run]
) -> None:
    make_run(name="my title")
    make_checkpoint("fast", name="another title")
    assert [(overview.kind, overview.name) for overview in list_overviews()] == [
        ("run", "my title"),
        ("checkpoint", "fast"),
    ]
