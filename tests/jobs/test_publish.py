from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.errors import BadRun
from digitlab.jobs.publish import check_checkpoint_name, publish, write_card
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status

COMMAND = "python -m digitlab train --preset softmax"


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A finished run with all that is shipped, and some that is not."""
    run = make_run(data="mnist+sklearn", epochs=2, seed=9)
    summary = {"accuracy": 0.9264, "interval": [0.9211, 0.9314], "mistakes": 1736, "images": 23_587}
    run.write_results({"parameters": 7850, "test": {"mnist": summary}})
    run.write_status(Status(State.DONE, best_epoch=1, seconds=12.3))
    run.append_history({"epoch": 1})
    for name in ("snapshots", "evaluations", "resume"):
        (run.folder / name).mkdir()
        (run.folder / name / "file").write_text(name)
    (run.folder / "train.log").write_text("secret path")
    return run


def test_a_checkpoint_holds_what_ships_and_nothing_else(run: Run, tmp_path: Path) -> None:
    checkpoint = publish(run, tmp_path / "checkpoints" / "mine", COMMAND)
    files = {str(path.relative_to(checkpoint.folder)) for path in checkpoint.folder.rglob("*") if path.is_file()}
    shipped = {"config.json", "status.json", "results.json", "history.jsonl", "weights.safetensors", "card.md"}
    assert shipped | {"snapshots/file", "evaluations/file"} <= files
    assert not files & {"lock", "control", "train.log", "resume/file"}
    assert checkpoint.config == run.config
    assert checkpoint.weights.read_bytes() == run.weights.read_bytes()
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["mine"]


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


def test_the_card_tells_data_seed_command_and_figures(run: Run) -> None:
    card = write_card(run, "mine", COMMAND)
    assert card.startswith("# mine\n")
    for words in (
        "Model `softmax`, 7,850 parameters, trained on `mnist+sklearn` with seed 9.",
        "Epoch 1 of 2",
        "| mnist | 92.64 % | 92.11 to 93.14 % | 1736 of 23,587 |",
        f"    {COMMAND}\n",
        "- seed: 9",
        "- MNIST: Y. LeCun",
        "- scikit-learn's digits: E. Alpaydin",
    ):
        assert words in card


@pytest.mark.parametrize(
    "name", ["a" * 300, "", "../x", "/etc", "a/b", ".hidden", "Mine", "a b", "x\0", "mine\n", "1st"]
)
def test_a_checkpoint_name_that_is_no_plain_word_is_refused(name: str) -> None:
    with pytest.raises(BadRun, match="lower-case letters, digits and single hyphens"):
        check_checkpoint_name(name)


def test_plain_checkpoint_names_are_allowed() -> None:
    check_checkpoint_name("cnn-mnist")
