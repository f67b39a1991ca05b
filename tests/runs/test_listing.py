import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import digitlab.settings
from digitlab.errors import BadRun, UnknownName
from digitlab.report.page import write_report
from digitlab.runs import listing
from digitlab.runs.label import Label, describe_run, read_label, rename_run, star_run, title_of
from digitlab.runs.listing import Catalogue, Damaged, Entry, delete_run
from digitlab.runs.run import Run, now
from digitlab.runs.scores import score
from digitlab.runs.status import State, Status
from digitlab.settings import Settings
from tests.conftest import FIGURES

MakeRun = Callable[..., Run]

FOREIGN_NAMES = [
    *("", ".", "..", "../no-such-run", "/etc", "/etc/passwd", "a/b", "runs/x", "x\0y", "~", "softmax\n", "SOFTMAX"),
    *("a" * 5000, "20260101-000000-" + "a" * 5000 + "-abcdef", "20260101-000000-cnn-abcdef"),
]

DAMAGES = [
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
    ("label.json", "{"),
    ("history.jsonl", '{"epoch": 1, "validation_accuracy": "high"}\n'),
]


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(Settings.from_environment())


@pytest.fixture
def make_checkpoint(checkpoints: Path, make_run: MakeRun) -> MakeRun:
    def make(checkpoint: str, **settings: object) -> Run:
        return Run(make_run(checkpoints, **settings).folder.rename(checkpoints / checkpoint))

    return make


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets the id of every run whose files are really read."""
    ids: list[str] = []

    def noted(run: Run) -> Label:
        ids.append(run.id)
        return read_label(run)

    monkeypatch.setattr(listing, "read_label", noted)
    return ids


def with_id(run: Run, run_id: str) -> Run:
    return Run(run.folder.rename(run.folder.with_name(run_id)))


def entry_of(run: Run, catalogue: Catalogue) -> Entry:
    (entry,) = [entry for entry in catalogue.entries() if entry.id == run.id]
    return entry


def test_nothing_is_listed_where_there_is_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    assert catalogue.checkpoints() == catalogue.runs() == catalogue.everything() == catalogue.models() == []
    assert not (tmp_path / "runs").exists()


def test_softmax_and_cnn_come_first_then_the_others_by_name(catalogue: Catalogue, make_checkpoint: MakeRun) -> None:
    for name in ("zebra", "cnn", "cnn-mnist", "softmax"):
        make_checkpoint(name)
    assert [run.id for run in catalogue.checkpoints()] == ["softmax", "cnn", "cnn-mnist", "zebra"]


def test_runs_are_listed_newest_first(catalogue: Catalogue, make_run: MakeRun) -> None:
    old = with_id(make_run(), "20250101-000000-softmax-abcdef")
    new = make_run()
    assert [run.id for run in catalogue.runs()] == [new.id, old.id]


def test_other_files_and_half_built_folders_are_not_runs(catalogue: Catalogue, make_run: MakeRun) -> None:
    run = make_run()
    (run.folder.parent / f".{run.id}").mkdir()
    (run.folder.parent / "notes").mkdir()
    (run.folder.parent / "20250101-000000-cnn-abcdef").write_text("a file")
    assert [listed.id for listed in catalogue.runs()] == [run.id]


def test_an_entry_holds_what_a_list_needs(catalogue: Catalogue, make_checkpoint: MakeRun, make_run: MakeRun) -> None:
    make_checkpoint("softmax")
    run = make_run(model="cnn-small", name="mine")
    for epoch, accuracy in ((1, 0.7), (2, 0.9), (3, 0.8)):
        run.append_history({"epoch": epoch, "validation_accuracy": accuracy})
        run.append_history({"step": 10 * epoch})
    first, second = catalogue.models()
    assert (first.id, first.title, first.is_checkpoint, first.starred) == ("softmax", "softmax", True, False)
    assert (first.parameters, first.state, first.accuracies) == (7850, State.DONE, {"sklearn": 0.5})
    assert first.best_validation_accuracy is None
    assert (second.id, second.title, second.is_checkpoint) == (run.id, "mine", False)
    assert (second.config, second.status, second.run.folder) == (run.config, run.status, run.folder)
    assert second.best_validation_accuracy == 0.9


@pytest.mark.parametrize(("file", "content"), DAMAGES)
def test_a_damaged_run_is_listed_with_the_reason_and_left_out_of_the_entries(
    file: str, content: str, catalogue: Catalogue, make_run: MakeRun
) -> None:
    good, damaged = make_run(), make_run()
    (damaged.folder / file).write_text(content)
    assert [entry.id for entry in catalogue.entries()] == [entry.id for entry in catalogue.models()] == [good.id]
    (other,) = [one for one in catalogue.everything() if one.run.id == damaged.id]
    assert isinstance(other, Damaged)
    assert other.reason
    assert "\n" not in other.reason
    shutil.copy(good.folder / "config.json", damaged.folder / "config.json")
    shutil.copy(good.folder / "status.json", damaged.folder / "status.json")
    for name in ("results.json", "label.json", "history.jsonl"):
        (damaged.folder / name).unlink(missing_ok=True)
    assert {entry.id for entry in catalogue.entries()} == {good.id, damaged.id}


def test_runs_without_weights_are_no_models_yet(catalogue: Catalogue, make_run: MakeRun) -> None:
    run = make_run()
    run.weights.unlink()
    assert catalogue.models() == []
    assert not entry_of(run, catalogue).has_weights


def test_an_unfinished_run_is_asked_for_its_process_each_time(
    catalogue: Catalogue, make_run: MakeRun, reads: list[str]
) -> None:
    run = make_run()
    run.write_status(Status(State.RUNNING, updated=now()))
    with run.lock():
        assert entry_of(run, catalogue).state is State.RUNNING
    assert entry_of(run, catalogue).state is State.INTERRUPTED
    assert reads == [run.id]


def test_a_run_is_found_by_its_id_and_a_checkpoint_by_its_name(
    catalogue: Catalogue, make_checkpoint: MakeRun, make_run: MakeRun
) -> None:
    run, checkpoint = make_run(), make_checkpoint("cnn")
    assert catalogue.find(run.id).folder == run.folder
    assert catalogue.find("cnn").folder == checkpoint.folder


@pytest.mark.parametrize("name", FOREIGN_NAMES)
def test_foreign_names_are_refused_in_a_short_line(name: str, catalogue: Catalogue, make_checkpoint: MakeRun) -> None:
    make_checkpoint("softmax")
    with pytest.raises(UnknownName, match=r"There is no model .*Name a run id or a checkpoint \(softmax\)") as caught:
        catalogue.find(name)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", FOREIGN_NAMES[:12])
def test_foreign_names_never_touch_the_disk(name: str, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Catalogue, "checkpoints", lambda _self: [])

    def touched(path: Path) -> bool:
        raise AssertionError(f"looked at {path}")

    monkeypatch.setattr(Path, "is_file", touched)
    with pytest.raises(UnknownName):
        catalogue.find(name)


def test_a_folder_may_be_named_on_the_command_line(catalogue: Catalogue, make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    shutil.copytree(run.folder, tmp_path / "elsewhere")
    assert catalogue.find_or_folder(str(tmp_path / "elsewhere")).config == run.config
    assert catalogue.find_or_folder(run.id).folder == run.folder


def test_a_folder_that_holds_no_run_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(BadRun, match=r"is not a run: it has no config.json"):
        catalogue.find_or_folder(str(tmp_path))


@pytest.mark.parametrize("name", ["", "../x", "x\0y", "a" * 5000, "nobody"])
def test_names_that_are_neither_run_nor_folder_are_refused(
    name: str, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # whatever lies beside the checkout
    with pytest.raises(UnknownName):
        catalogue.find_or_folder(name)


def test_runs_are_listed_under_their_title_and_checkpoints_under_their_id(
    catalogue: Catalogue, make_run: MakeRun, make_checkpoint: MakeRun
) -> None:
    run, checkpoint = make_run(name="my title"), make_checkpoint("fast", name="another title")
    assert [(entry.is_checkpoint, entry.title) for entry in catalogue.entries()] == [
        (False, "my title"),
        (True, "fast"),
    ]
    assert (title_of(run), title_of(checkpoint)) == ("my title", "fast")


def test_a_run_without_a_name_goes_by_its_id(catalogue: Catalogue, make_run: MakeRun) -> None:
    run = make_run()
    assert title_of(run) == entry_of(run, catalogue).title == run.id


def test_a_renamed_run_has_its_new_name_everywhere(
    catalogue: Catalogue, make_run: MakeRun, make_part: Callable[..., object]
) -> None:
    run = make_run(name="before")
    assert catalogue.entries()[0].title == "before"
    rename_run(run, "  after <all>  ")
    assert title_of(run) == "after <all>"
    assert catalogue.entries()[0].title == catalogue.models()[0].title == "after <all>"
    assert run.config.name == "before"
    html = write_report(run, "MNIST", score(run, make_part(60)))
    assert "<h1>after &lt;all&gt;</h1>" in html
    assert "<title>after &lt;all&gt; on MNIST" in html


def test_name_and_star_leave_each_other_alone(catalogue: Catalogue, make_run: MakeRun) -> None:
    run = make_run(name="before")
    star_run(run, True)
    assert entry_of(run, catalogue).starred
    rename_run(run, "after")
    assert read_label(run) == Label("after", True)
    star_run(run, False)
    assert read_label(run) == Label("after", False)
    assert not entry_of(run, catalogue).starred


def test_notes_and_tags_are_kept_beside_name_and_star(catalogue: Catalogue, make_run: MakeRun) -> None:
    run = make_run()
    star_run(run, True)
    describe_run(run, " Smoother than the last one. ", ["lesson 3", " lesson 3", "", "keep"])
    rename_run(run, "smooth")
    (entry,) = catalogue.entries()
    assert (entry.title, entry.starred) == ("smooth", True)
    assert (entry.notes, entry.tags) == ("Smoother than the last one.", ("lesson 3", "keep"))
    describe_run(run, "", [])
    assert read_label(run) == Label("smooth", True)


@pytest.mark.parametrize("change", [lambda run: rename_run(run, "x"), lambda run: star_run(run, True), delete_run])
def test_a_checkpoint_stays_as_it_is(
    change: Callable[[Run], None], make_checkpoint: MakeRun, catalogue: Catalogue
) -> None:
    checkpoint = make_checkpoint("cnn")
    before = {path: path.read_bytes() for path in checkpoint.folder.rglob("*")}
    with pytest.raises(BadRun) as caught:
        change(checkpoint)
    assert str(caught.value).startswith("cnn ships with digitlab and stays as it is.")
    assert "\n" not in str(caught.value)
    assert {path: path.read_bytes() for path in checkpoint.folder.rglob("*")} == before


def test_a_deleted_run_is_gone(catalogue: Catalogue, make_run: MakeRun) -> None:
    run, other = make_run(), make_run()
    delete_run(run)
    assert [path.name for path in run.folder.parent.iterdir()] == [other.id]
    assert [entry.id for entry in catalogue.entries()] == [other.id]


def test_a_run_that_a_process_works_on_is_not_deleted(make_run: MakeRun) -> None:
    run = make_run()
    with run.lock(), pytest.raises(BadRun, match=r"is being trained. Stop it first"):
        delete_run(run)
    assert run.weights.is_file()
    delete_run(run)
    assert not run.folder.exists()


def test_a_run_is_read_again_only_when_one_of_its_files_changed(
    catalogue: Catalogue, make_run: MakeRun, reads: list[str]
) -> None:
    run, other = make_run(name="before"), make_run()
    for _ in range(3):
        catalogue.everything()
    assert sorted(reads) == sorted([run.id, other.id])
    run.append_history({"epoch": 1, "validation_accuracy": 0.75})
    assert entry_of(run, catalogue).best_validation_accuracy == 0.75
    rename_run(run, "after")
    assert entry_of(run, catalogue).title == "after"
    run.write_results({"test": {"mnist": {**FIGURES, "accuracy": 0.25}}})
    assert entry_of(run, catalogue).accuracies == {"mnist": 0.25}
    run.mark(State.STOPPED)
    assert entry_of(run, catalogue).state is State.STOPPED
    assert reads.count(other.id) == 1


def test_two_catalogues_share_what_was_read(make_run: MakeRun, reads: list[str]) -> None:
    run = make_run()
    for _ in range(2):
        assert len(Catalogue(Settings.from_environment()).entries()) == 1
    assert reads == [run.id]


@pytest.mark.parametrize(
    ("file", "content", "title", "accuracies"),
    [
        ("label.json", '{"name": "the longer one"}', "the longer one", {"sklearn": 0.5}),
        ("results.json", json.dumps({"test": {"sklearn": {**FIGURES, "accuracy": 0.875}}}), "x", {"sklearn": 0.875}),
    ],
)
def test_a_change_within_the_clocks_grain_is_noticed_by_the_size(
    file: str, content: str, title: str, accuracies: dict[str, float], catalogue: Catalogue, make_run: MakeRun
) -> None:
    run = make_run()
    rename_run(run, "x")
    before = (run.folder / file).stat()
    assert entry_of(run, catalogue).title == "x"
    (run.folder / file).write_text(content)
    os.utime(run.folder / file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (run.folder / file).stat().st_mtime_ns == before.st_mtime_ns
    assert (run.folder / file).stat().st_size != before.st_size
    assert (entry_of(run, catalogue).title, entry_of(run, catalogue).accuracies) == (title, accuracies)
