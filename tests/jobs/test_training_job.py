"""What a job does once it has its slot, in this process; `test_life.py` runs real ones."""

import errno
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from digitlab.config import TrainConfig
from digitlab.data import PartName
from digitlab.data.dataset import Dataset, load_part
from digitlab.errors import BadRun, DataMissing, NotSaved, UnknownName
from digitlab.jobs import assess, recorder
from digitlab.jobs.queue import Command, read_command, write_command
from digitlab.jobs.training_job import explain, work
from digitlab.metrics.summary import summarize
from digitlab.models import build_model
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.scores import SAMPLES, calibrated, fingerprint_file, load_samples, load_scores, read_scores, score
from digitlab.runs.status import State
from digitlab.runs.weights import load_resume, load_weights, save_resume
from digitlab.settings import Settings
from digitlab.training.trainer import Diverged, EpochRecord, Hooks, Trainer

CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=3, batch_size=200, learning_rate=0.01, seed=4)


class Killed(BaseException):
    """Stands for a kill: nothing may catch it."""


class StopAt(Hooks):
    """Stops a training after a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step(self, trainer: Trainer) -> None:
        if trainer.step == self.step:
            trainer.stop()


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


def train(run: Run, settings: Settings, hooks: Hooks | None = None) -> Run:
    """Let the run go on, as its process would."""
    with run.lock():
        work(run, settings, hooks)
    return run


def trained(settings: Settings, config: TrainConfig = CONFIG, hooks: Hooks | None = None) -> Run:
    return train(Run.create(settings.runs, config), settings, hooks)


def test_a_finished_run_leaves_the_folder_of_the_design(settings: Settings) -> None:
    run = trained(settings)
    files = {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}
    expected = {"config.json", "status.json", "results.json", "history.jsonl", "weights.safetensors"}
    expected |= {f"snapshots/000{epoch}.safetensors" for epoch in range(4)} | {"evaluations/sklearn.npz"}
    assert expected <= files
    assert files - expected <= {"lock", "control", "samples.npz", "train.log", "resume/state.pt"}
    assert run.config == CONFIG
    assert [path.name for path in settings.runs.iterdir() if path.name != ".queue"] == [run.id]


def test_a_run_learns_from_its_teachers(settings: Settings) -> None:
    teacher = trained(settings, CONFIG.replace(epochs=0, seed=7))
    config = CONFIG.replace(distillation_epochs=2, keep="last")
    alone, taught = trained(settings, config), trained(settings, config.replace(teachers=teacher.id))
    assert taught.state is State.DONE
    weights = [load_file(run.weights)["linear.weight"] for run in (alone, taught)]
    assert not torch.equal(*weights)
    assert weights[1].norm() < weights[0].norm(), "an untrained teacher is unsure"


def test_a_run_whose_teacher_was_deleted_meanwhile_says_so_and_goes_on_once_it_is_back(settings: Settings) -> None:
    teacher = trained(settings, CONFIG.replace(epochs=0, seed=7))
    config = CONFIG.replace(distillation_epochs=2, keep="last", teachers=teacher.id)
    whole, run = trained(settings, config), trained(settings, config, StopAt(2))
    away = teacher.folder.rename(settings.runs.parent / teacher.id)
    with pytest.raises(UnknownName, match=teacher.id):
        train(run, settings)
    assert (run.state, teacher.id in run.status.message) == (State.FAILED, True)
    away.rename(teacher.folder)
    train(run, settings)
    one, other = (load_file(one.weights) for one in (run, whole))
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.long
def test_a_run_keeps_the_number_format_that_its_first_machine_chose(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CONFIG.replace(model="cnn-small", device="cpu", epochs=1, batch_size=400)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    run = trained(settings, config, StopAt(1))
    assert run.results["computed"] == {"device": "cpu", "precision": "bfloat16"}
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    train(run, settings)
    assert run.results["computed"] == {"device": "cpu", "precision": "bfloat16"}
    other = trained(settings, config)
    assert other.results["computed"] == {"device": "cpu", "precision": "float32"}


def test_the_first_point_of_a_curve_comes_with_the_first_full_window_and_the_next_one_a_report_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "LOOK", 0.0)
    monkeypatch.setattr(recorder, "_REPORT", 1000.0)
    run = trained(settings)
    records = map(json.loads, (run.folder / "history.jsonl").read_text().splitlines())
    assert [record["step"] for record in records if "epoch" not in record] == [5], "five batches of 200"


def test_the_status_tells_how_it_went(settings: Settings) -> None:
    run = trained(settings)
    status = run.status
    assert run.state is status.state is State.DONE
    assert (status.epoch, status.step, status.steps) == (3, 21, 21)
    assert 1 <= status.chosen_epoch <= 3
    assert status.seconds > 0
    assert status.created <= status.started <= status.updated
    assert status.message == ""


def test_the_history_has_a_record_an_epoch_with_finite_numbers(settings: Settings) -> None:
    history = trained(settings).history
    assert [record["epoch"] for record in history] == [1, 2, 3]
    assert [record["step"] for record in history] == [7, 14, 21]
    assert all(np.isfinite(value) for record in history for value in record.values())
    assert history[-1]["train_loss"] < history[0]["train_loss"]


def test_the_results_are_those_of_the_best_weights_on_the_test_part(settings: Settings) -> None:
    run = trained(settings)
    part = load_part("sklearn", PartName.TEST, Path("nowhere"))
    model = build_model("softmax")
    load_weights(run.weights, model)
    scores = load_scores(run.evaluation("sklearn"), "none")
    assert scores.origin == ("softmax", fingerprint_file(run.weights), part.fingerprint())
    summary = run.results["test"]["sklearn"]
    assert summary["images"] == 359
    assert summary["accuracy"] == summarize(calibrated(run, scores)).accuracy > 0.6
    assert run.results["parameters"] == 7850


def test_the_snapshots_are_the_weights_after_each_epoch_in_half_precision(settings: Settings) -> None:
    run = trained(settings)
    snapshots = [load_file(path) for path in run.snapshots]
    assert len(snapshots) == 4
    assert all(snapshot["linear.weight"].dtype == torch.float16 for snapshot in snapshots)
    best, weights = snapshots[run.status.chosen_epoch], load_file(run.weights)
    assert torch.equal(best["linear.weight"], weights["linear.weight"].half())
    fresh = build_model("softmax", seed=CONFIG.seed)
    assert torch.equal(snapshots[0]["linear.bias"], fresh.linear.bias.detach().half())


def test_a_few_validation_images_are_saved_for_the_page(settings: Settings) -> None:
    found = load_samples(trained(settings))
    assert found is not None
    part = load_part("sklearn", PartName.VALIDATION, settings.data)
    assert (found[0] == part.images[:SAMPLES].numpy()).all()
    assert (found[1] == part.labels[:SAMPLES].numpy()).all()


def test_the_same_seed_gives_the_same_weights_file(settings: Settings) -> None:
    first, second, other = trained(settings), trained(settings), trained(settings, CONFIG.replace(seed=5))
    assert first.weights.read_bytes() == second.weights.read_bytes() != other.weights.read_bytes()


def test_the_test_part_is_loaded_only_after_the_training(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    load = Dataset.load_part

    def noted(dataset: Dataset, folder: Path, part: PartName, *rest: object) -> object:
        order.append(part.value)
        return load(dataset, folder, part, *rest)  # type: ignore[arg-type]

    class Watch(Hooks):
        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            order.append("epoch")

    monkeypatch.setattr(Dataset, "load_part", noted)
    trained(settings, hooks=Watch())
    assert order == ["train", "validation", "epoch", "epoch", "epoch", "validation", "test"]


def test_no_epochs_leave_an_evaluated_untrained_run(settings: Settings) -> None:
    run = trained(settings, CONFIG.replace(epochs=0))
    assert run.state is State.DONE
    assert run.history == []
    assert run.results["test"]["sklearn"]["images"] == 359
    assert run.weights.is_file()


def test_a_run_that_fails_keeps_the_reason_and_what_it_has(settings: Settings) -> None:
    class Diverge(Hooks):
        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            raise Diverged("The loss became nan at step 7.")

    run = Run.create(settings.runs, CONFIG)
    with run.lock(), pytest.raises(Diverged):
        work(run, settings, Diverge())
    assert run.state is State.FAILED
    assert run.status.message == "The loss became nan at step 7."
    assert run.config == CONFIG
    assert len(run.history) == 1
    load_weights(run.weights, build_model("softmax"))
    assert not list(run.folder.rglob("*.part"))


def test_missing_data_fail_a_run_with_the_remedy(settings: Settings) -> None:
    run = Run.create(settings.runs, CONFIG.replace(data="pen"))
    with run.lock(), pytest.raises(DataMissing):
        work(run, settings)
    assert run.state is State.FAILED
    assert "Run `digitlab download pen`" in run.status.message


def test_a_defect_fails_a_run_and_is_raised(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(assess, "summarize", broken)
    run = Run.create(settings.runs, CONFIG)
    with run.lock(), pytest.raises(ZeroDivisionError):
        work(run, settings)
    assert run.state is State.FAILED
    assert "ZeroDivisionError: by chance" in run.status.message


def test_the_keyboard_stops_a_run(settings: Settings) -> None:
    class Interrupt(Hooks):
        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            raise KeyboardInterrupt

    run = Run.create(settings.runs, CONFIG)
    with run.lock(), pytest.raises(KeyboardInterrupt):
        work(run, settings, Interrupt())
    assert run.state is State.STOPPED
    assert len(run.history) == 1


@pytest.mark.parametrize("step", [3, *(pytest.param(step, marks=pytest.mark.long) for step in (7, 9))])
def test_a_stopped_run_goes_on_to_the_same_files_as_one_that_was_not(step: int, settings: Settings) -> None:
    whole, stopped = trained(settings), trained(settings, hooks=StopAt(step))
    assert stopped.status.state is State.STOPPED
    assert stopped.status.step == step
    torch.manual_seed(123)
    write_command(stopped, Command.RUN)
    train(stopped, settings)
    assert stopped.state is State.DONE
    assert stopped.weights.read_bytes() == whole.weights.read_bytes()
    assert [s.read_bytes() for s in stopped.snapshots] == [s.read_bytes() for s in whole.snapshots]
    for mine, theirs in zip(stopped.history, whole.history, strict=True):
        assert {**mine, "seconds": 0} == {**theirs, "seconds": 0}


def as_version_0_1_left_it(run: Run) -> None:
    """Give the files of a run the names of version 0.1."""
    status = run.folder / "status.json"
    saved = json.loads(status.read_text())
    assert saved["chosen_epoch"]
    status.write_text(json.dumps({"best_epoch" if k == "chosen_epoch" else k: v for k, v in saved.items()}))
    state = load_resume(run)
    assert state is not None
    assert state["chosen_epoch"]
    save_resume(run, {key.replace("chosen_", "best_"): value for key, value in state.items()})
    with np.load(run.evaluation("sklearn")) as scores:
        arrays = {name: scores[name] for name in scores.files if name != "model"}
    np.savez_compressed(run.evaluation("sklearn"), **arrays)


@pytest.mark.long
def test_a_run_of_version_0_1_is_listed_scored_and_resumed_to_its_end(settings: Settings) -> None:
    config = CONFIG.replace(model="cnn-small", dropout=0.3, epochs=4, batch_size=500)
    whole, run = trained(settings, config), trained(settings, config, StopAt(7))
    part = load_part("sklearn", PartName.TEST, settings.data)
    score(run, part, save_as="sklearn")
    as_version_0_1_left_it(run)

    (entry,) = [one for one in Catalogue(settings).entries() if one.id == run.id]
    assert (entry.state, entry.status.step) == (State.STOPPED, 7)
    assert entry.status.chosen_epoch >= 1
    saved = read_scores(run, "sklearn")
    assert saved is not None
    assert saved.origin == score(run, part).origin

    write_command(run, Command.RUN)
    train(run, settings)
    assert run.state is State.DONE
    assert run.status.chosen_epoch == whole.status.chosen_epoch
    assert run.weights.read_bytes() == whole.weights.read_bytes()
    assert run.results == whole.results
    assert load_scores(run.evaluation("sklearn"), "none").origin == score(whole, part).origin


def test_all_json_files_are_plain_json(settings: Settings) -> None:
    run = trained(settings)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    for file in run.folder.glob("*.json*"):
        for text in file.read_text().splitlines() if file.suffix == ".jsonl" else [file.read_text()]:
            json.loads(text, parse_constant=refuse)


def test_a_state_saved_at_the_last_step_of_an_epoch_gives_one_record_an_epoch(settings: Settings) -> None:
    run = Run.create(settings.runs, CONFIG)

    class KilledAfterTheFirstEpoch(Hooks):
        def on_step(self, trainer: Trainer) -> None:
            if trainer.step == trainer.steps_per_epoch:
                save_resume(run, trainer.state_dict())

        def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
            raise Killed

    with run.lock(), pytest.raises(Killed):
        work(run, settings, KilledAfterTheFirstEpoch())
    with run.lock():
        work(run, settings)
    assert [record["epoch"] for record in run.history] == [1, 2, 3]


@pytest.mark.parametrize("whole", [True, False])
def test_a_run_whose_folder_is_deleted_while_it_trains_ends_and_leaves_nothing(whole: bool, settings: Settings) -> None:
    run = Run.create(settings.runs, CONFIG)

    class Deleted(Hooks):
        """Deletes the folder, or all that is in it: `rm -r` then finds it filled again and gives up."""

        def on_step(self, trainer: Trainer) -> None:
            if trainer.step == 4:
                shutil.rmtree(run.folder)
                if not whole:
                    run.resume.parent.mkdir(parents=True)
                    save_resume(run, trainer.state_dict())

    with pytest.raises(BadRun, match=f"^{run.id} was deleted while it was trained"):
        train(run, settings, Deleted())
    assert [path.name for path in settings.runs.iterdir()] == []


def test_a_run_whose_folder_is_deleted_stops_at_the_next_look(settings: Settings) -> None:
    run = Run.create(settings.runs, CONFIG)
    write_command(run, Command.RUN)
    assert read_command(run) is Command.RUN
    for name in ("config.json", "status.json"):
        (run.folder / name).unlink()
    assert read_command(run) is Command.STOP


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BadRun("Just so."), "Just so."),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full. Delete runs"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full. Delete runs"),
        (MemoryError(), "Memory ran out. Choose a smaller batch size"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "Memory ran out."),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 8 bytes"), "Memory ran"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/data/allocations"), "A file could not .*/data/allocations"),
        (PermissionError(errno.EACCES, "out of memory", "x"), "A file could not be read or written"),
        (RuntimeError("the allocation of seats is odd"), "A defect of digitlab: RuntimeError: the allocation"),
        (NotSaved(path=Path("x"), cause=OSError(errno.ENOSPC, "No space left")), "The disk is full. Delete runs"),
        (NotSaved(path=Path("x"), cause=OSError(errno.EROFS, "Read-only")), "x cannot be written: Read-only. Give"),
        (ValueError("out of memory"), "A defect of digitlab: ValueError: out of memory"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "A file could not be read or written: .*denied"),
        (ZeroDivisionError("by chance"), "A defect of digitlab: ZeroDivisionError: by chance"),
    ],
)
def test_every_error_gets_a_reason_with_a_remedy(error: BaseException, words: str) -> None:
    assert re.match(words, explain(error))
