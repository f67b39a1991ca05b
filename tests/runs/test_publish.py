import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.errors import BadRun
from digitlab.runs.label import Label, describe_run, read_label, rename_run
from digitlab.runs.publish import check_checkpoint_name, publish
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status

COMMAND = "digitlab train --preset softmax"


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A finished run with all that is shipped, and some that is not."""
    run = make_run(data="mnist+sklearn", epochs=2, seed=9)
    summary = {"accuracy": 0.9264, "interval": [0.9211, 0.9314], "mistakes": 1736, "images": 23_587}
    run.write_results({"parameters": 7850, "test": {"mnist": summary}})
    run.write_status(Status(State.DONE, chosen_epoch=1, seconds=12.3))
    run.append_history({"epoch": 1})
    for name in ("snapshots", "evaluations", "resume"):
        (run.folder / name).mkdir()
    for epoch in range(40):
        run.snapshot(epoch).write_text("weights")
    (run.folder / "evaluations" / "mnist.npz").write_text("scores")
    (run.folder / "resume" / "state.pt").write_text("state")
    (run.folder / "train.log").write_text("secret path")
    return run


def test_a_checkpoint_holds_what_ships_and_nothing_else(run: Run, tmp_path: Path) -> None:
    checkpoint = publish(run, tmp_path / "checkpoints" / "mine", COMMAND)
    files = {str(path.relative_to(checkpoint.folder)) for path in checkpoint.folder.rglob("*") if path.is_file()}
    shipped = {"config.json", "status.json", "results.json", "history.jsonl", "weights.safetensors", "card.md"}
    assert shipped | {"snapshots/0000.safetensors", "evaluations/mnist.npz"} <= files
    assert not files & {"lock", "control", "train.log", "resume/state.pt"}
    assert checkpoint.config == run.config
    assert checkpoint.weights.read_bytes() == run.weights.read_bytes()
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["mine"]


def test_of_what_people_say_of_a_run_its_notes_ship(run: Run, tmp_path: Path) -> None:
    rename_run(run, "my best")
    describe_run(run, "Chosen from two.", ["class 7b"])
    checkpoint = publish(run, tmp_path / "checkpoints" / "mine", COMMAND)
    assert read_label(checkpoint) == Label("mine", notes="Chosen from two.")


def test_of_many_snapshots_the_first_the_last_and_a_few_between_ship(run: Run, tmp_path: Path) -> None:
    names = [int(path.stem) for path in publish(run, tmp_path / "checkpoints" / "mine", COMMAND).snapshots]
    assert (names[0], names[-1]) == (0, 39)
    assert 5 <= len(names) <= 8
    gaps = [late - early for early, late in itertools.pairwise(names)]
    assert gaps == sorted(gaps), "dense at the start"


def test_a_run_of_no_epochs_ships_without_a_history(make_run: Callable[..., Run], tmp_path: Path) -> None:
    run = make_run(epochs=0, start_from="cnn")
    run.write_results({"parameters": 7850, "test": {}})
    for name in ("snapshots", "evaluations"):
        (run.folder / name).mkdir()
    checkpoint = publish(run, tmp_path / "checkpoints" / "mine", COMMAND)
    assert checkpoint.history == []
    card = (checkpoint.folder / "card.md").read_text()
    assert "It starts from the weights of `cnn`. No epoch was trained." in card


@pytest.mark.parametrize(("most", "kept"), [(0, []), (1, [39]), (2, [0, 39]), (3, [0, 5, 39])])
def test_as_few_snapshots_ship_as_one_wishes(most: int, kept: list[int], run: Run, tmp_path: Path) -> None:
    checkpoint = publish(run, tmp_path / "checkpoints" / "mine", COMMAND, most)
    assert [int(path.stem) for path in checkpoint.snapshots] == kept


def test_publishing_again_replaces_the_old_checkpoint(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "checkpoints" / "mine"
    publish(run, target, COMMAND)
    (target / "left-over").touch()
    publish(run, target, COMMAND)
    assert not (target / "left-over").exists()


@pytest.mark.parametrize("state", [State.FAILED, State.STOPPED, State.RUNNING, State.PAUSED])
def test_only_finished_runs_become_checkpoints(state: State, run: Run, tmp_path: Path) -> None:
    run.write_status(Status(state))
    with pytest.raises(BadRun, match=r"not done. Only finished runs become checkpoints"):
        publish(run, tmp_path / "checkpoints" / "mine", COMMAND)
    assert not (tmp_path / "checkpoints").exists()


@pytest.mark.parametrize(
    "name", ["a" * 300, "", "../x", "/etc", "a/b", ".hidden", "Mine", "a b", "x\0", "mine\n", "1st"]
)
def test_a_checkpoint_name_that_is_no_plain_word_is_refused(name: str) -> None:
    with pytest.raises(BadRun, match="lower-case letters, digits and single hyphens"):
        check_checkpoint_name(name)


def test_plain_checkpoint_names_are_allowed() -> None:
    check_checkpoint_name("cnn-mnist")
