"""What a job does once it has its slot, in this process; `test_life.py` runs real ones."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from digitlab.config import TrainConfig
from digitlab.data.parts import PartName
from digitlab.data.registry import load_part
from digitlab.errors import DataMissing, UnknownName
from digitlab.evaluation import summarize
from digitlab.jobs import assessment, training_job
from digitlab.jobs.control import Command, write_command
from digitlab.jobs.training_job import check_config, work
from digitlab.models import build_model
from digitlab.runs.evaluations import fingerprint_file, load_evaluation
from digitlab.runs.resume import save_resume
from digitlab.runs.run import Run
from digitlab.runs.status import State
from digitlab.runs.weights import load_weights
from digitlab.training import Diverged, EpochRecord, Hooks, Trainer

CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=3, batch_size=200, learning_rate=0.01, seed=4)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def trained(runs: Path, config: TrainConfig = CONFIG, hooks: Hooks | None = None) -> Run:
    run = Run.create(runs, config)
    with run.lock():
        work(run, hooks)
    return run


def test_a_finished_run_leaves_the_folder_of_the_design(runs: Path) -> None:
    run = trained(runs)
    files = {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}
    expected = {"config.json", "status.json", "results.json", "history.jsonl", "weights.safetensors"}
    expected |= {f"snapshots/000{epoch}.safetensors" for epoch in range(4)} | {"evaluations/sklearn.npz"}
    assert expected <= files
    assert files - expected <= {"lock", "control", "samples.npz", "train.log", "resume/state.pt"}
    assert run.config == CONFIG
    assert [path.name for path in runs.iterdir() if path.name != ".queue"] == [run.id]


def test_the_status_tells_how_it_went(runs: Path) -> None:
    run = trained(runs)
    status = run.status
    assert run.state is status.state is State.DONE
    assert (status.epoch, status.step, status.steps) == (3, 21, 21)
    assert 1 <= status.best_epoch <= 3
    assert status.seconds > 0
    assert status.created <= status.started <= status.updated
    assert status.message == ""


def test_the_history_has_a_record_an_epoch_with_finite_numbers(runs: Path) -> None:
    history = trained(runs).history
    assert [record["epoch"] for record in history] == [1, 2, 3]
    assert [record["step"] for record in history] == [7, 14, 21]
    assert all(np.isfinite(value) for record in history for value in record.values())
    assert history[-1]["train_loss"] < history[0]["train_loss"]


def test_the_results_are_those_of_the_best_weights_on_the_test_part(runs: Path) -> None:
    run = trained(runs)
    part = load_part("sklearn", PartName.TEST, Path("nowhere"))
    model = build_model("softmax")
    load_weights(run.weights, model)
    evaluation = load_evaluation(run.evaluation("sklearn"))
    assert (evaluation.weights, evaluation.data) == (fingerprint_file(run.weights), part.fingerprint())
    summary = run.results["test"]["sklearn"]
    assert summary["images"] == 359
    assert summary["accuracy"] == summarize(evaluation.logits, part.labels.numpy()).accuracy > 0.6
    assert run.results["parameters"] == 7850


def test_the_snapshots_are_the_weights_after_each_epoch_in_half_precision(runs: Path) -> None:
    run = trained(runs)
    snapshots = [load_file(path) for path in run.snapshots]
    assert len(snapshots) == 4
    assert all(snapshot["linear.weight"].dtype == torch.float16 for snapshot in snapshots)
    best, weights = snapshots[run.status.best_epoch], load_file(run.weights)
    assert torch.equal(best["linear.weight"], weights["linear.weight"].half())
    torch.manual_seed(CONFIG.seed)
    assert torch.equal(snapshots[0]["linear.bias"], build_model("softmax").linear.bias.detach().half())


def test_the_same_seed_gives_the_same_weights_file(runs: Path) -> None:
    first, second, other = trained(runs), trained(runs), trained(runs, CONFIG.replace(seed=5))
    assert first.weights.read_bytes() == second.weights.read_bytes() != other.weights.read_bytes()


def test_the_test_part_is_loaded_only_after_the_training(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for module in (training_job, assessment):
        monkeypatch.setattr(module, "load_part", lambda *a, **k: (order.append(a[1].value), load_part(*a, **k))[1])

    class Watch(Hooks):
        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            order.append("epoch")

    trained(runs, hooks=Watch())
    assert order == ["validation", "epoch", "epoch", "epoch", "test", "validation"]


def test_no_epochs_leave_an_evaluated_untrained_run(runs: Path) -> None:
    run = trained(runs, CONFIG.replace(epochs=0))
    assert run.state is State.DONE
    assert run.history == []
    assert run.results["test"]["sklearn"]["images"] == 359
    assert run.weights.is_file()


def test_a_run_that_fails_keeps_the_reason_and_what_it_has(runs: Path) -> None:
    class Diverge(Hooks):
        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            raise Diverged("The loss became nan at step 7.")

    run = Run.create(runs, CONFIG)
    with run.lock(), pytest.raises(Diverged):
        work(run, Diverge())
    assert run.state is State.FAILED
    assert run.status.message == "The loss became nan at step 7."
    assert run.config == CONFIG
    assert len(run.history) == 1
    load_weights(run.weights, build_model("softmax"))
    assert not list(run.folder.rglob("*.part"))


def test_missing_data_fail_a_run_with_the_remedy(runs: Path) -> None:
    run = Run.create(runs, CONFIG.replace(data="pen"))
    with run.lock(), pytest.raises(DataMissing):
        work(run)
    assert run.state is State.FAILED
    assert "Copy pen-digits.jsonl.gz there" in run.status.message


def test_a_defect_fails_a_run_and_is_raised(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(assessment, "summarize", broken)
    run = Run.create(runs, CONFIG)
    with run.lock(), pytest.raises(ZeroDivisionError):
        work(run)
    assert run.state is State.FAILED
    assert "ZeroDivisionError: by chance" in run.status.message


def test_the_keyboard_stops_a_run(runs: Path) -> None:
    class Interrupt(Hooks):
        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            raise KeyboardInterrupt

    run = Run.create(runs, CONFIG)
    with run.lock(), pytest.raises(KeyboardInterrupt):
        work(run, Interrupt())
    assert run.state is State.STOPPED
    assert len(run.history) == 1


@pytest.mark.parametrize("step", [3, 7, 9])
def test_a_stopped_run_goes_on_to_the_same_files_as_one_that_was_not(step: int, runs: Path) -> None:
    class StopAt(Hooks):
        def on_step(self, trainer: Trainer) -> None:
            if trainer.step == step:
                trainer.stop()

    whole, stopped = trained(runs), Run.create(runs, CONFIG)
    with stopped.lock():
        work(stopped, StopAt())
        assert stopped.status.state is State.STOPPED
        assert stopped.status.step == step
        torch.manual_seed(123)
        write_command(stopped, Command.RUN)
        work(stopped)
    assert stopped.state is State.DONE
    assert stopped.weights.read_bytes() == whole.weights.read_bytes()
    assert [s.read_bytes() for s in stopped.snapshots] == [s.read_bytes() for s in whole.snapshots]
    for mine, theirs in zip(stopped.history, whole.history, strict=True):
        assert {**mine, "seconds": 0} == {**theirs, "seconds": 0}


def test_an_unknown_model_or_data_set_is_refused_before_anything_is_made() -> None:
    with pytest.raises(UnknownName, match="There is no model 'perceptron'"):
        check_config(CONFIG.replace(model="perceptron"))
    with pytest.raises(UnknownName, match="There is no data set 'letters'"):
        check_config(CONFIG.replace(data="sklearn+letters"))


def test_all_json_files_are_plain_json(runs: Path) -> None:
    run = trained(runs)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    for file in run.folder.glob("*.json*"):
        for text in file.read_text().splitlines() if file.suffix == ".jsonl" else [file.read_text()]:
            json.loads(text, parse_constant=refuse)


class Killed(BaseException):
    """Stands for a kill: nothing may catch it."""


def test_a_state_saved_at_the_last_step_of_an_epoch_gives_one_record_an_epoch(runs: Path) -> None:
    run = Run.create(runs, CONFIG)

    class KilledAfterTheFirstEpoch(Hooks):
        def on_step(self, trainer: Trainer) -> None:
            if trainer.step == trainer.steps_per_epoch:
                save_resume(run, trainer.state_dict())

        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            raise Killed

    with run.lock(), pytest.raises(Killed):
        work(run, KilledAfterTheFirstEpoch())
    with run.lock():
        work(run)
    assert [record["epoch"] for record in run.history] == [1, 2, 3]
