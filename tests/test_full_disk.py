"""Whatever is written when the disk gets full, or may not be written to: the old state stays or the new one is there.

Each operation is done on a disk that fails at its first write, then at its second, and so on, until it succeeds.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitlab.backup.back_up import back_up
from digitlab.backup.restore import restore
from digitlab.cli.main import main
from digitlab.config import TrainConfig
from digitlab.data import sklearn_digits
from digitlab.data.handwriting import add_drawing, add_from_elsewhere, delete_drawings, relabel
from digitlab.data.handwriting_file import my_drawings
from digitlab.errors import DigitlabError
from digitlab.ink.ink_file import InkLine, write_ink_file
from digitlab.ink.strokes import Drawing, LabelledDrawing
from digitlab.jobs import launcher
from digitlab.jobs.measurement import Plan, find_measurement
from digitlab.jobs.queue import Command, Queue, read_command, write_command
from digitlab.jobs.start import resume_job, start_job, start_measurement
from digitlab.jobs.training_job import work
from digitlab.models import build_model
from digitlab.runs.archive import pack_run, unpack_run
from digitlab.runs.label import read_label, rename_run, star_run
from digitlab.runs.listing import Catalogue, delete_run
from digitlab.runs.publish import publish
from digitlab.runs.run import Run, now
from digitlab.runs.scores import Scores, load_scores, save_samples, save_scores
from digitlab.runs.status import State, Status
from digitlab.runs.weights import load_resume, save_resume, save_weights
from digitlab.settings import Settings
from digitlab.sweeps.journal import Ending, read_journal, tell_ending, tell_setting
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice
from digitlab.sweeps.start import delete_sweep, resume_sweep, start_sweep, stop_sweep
from digitlab.sweeps.sweep import Sweep, SweepState, sweeps
from tests.failing_disk import FORBIDDEN, FULL, READ_ONLY, FailingDisk

INK = [[[10.0, 10.0], [100.0, 200.0]]]
CONFIG = TrainConfig(model="softmax", data="sklearn", epochs=1, batch_size=500)
PLAN = SweepPlan(base=CONFIG, space={"batch_size": Choice((32, 64))}, most_runs=2)


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    monkeypatch.setattr(
        launcher.subprocess, "Popen", lambda *_a, **_k: None
    )  # up to the process, which has its own test
    return FailingDisk(tmp_path, monkeypatch)


@dataclass
class Case:
    """Something that is written: what is done, and a look at what it changes."""

    do: Callable[[], object]
    look: Callable[[], object]


Make = Callable[[Settings, Callable[..., Run]], Case]


def create(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    return Case(lambda: Run.create(settings.runs, CONFIG), lambda: _runs(settings))


def start_a_job(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    return Case(lambda: start_job(CONFIG, settings), lambda: (_runs(settings), _tickets(settings)))


def resume_a_job(settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    run.write_status(Status(State.STOPPED, epoch=2, updated=now()))
    return Case(lambda: resume_job(run, settings), lambda: (run.status.state, run.status.epoch, _tickets(settings)))


def pause(settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    return Case(lambda: write_command(run, Command.PAUSE), lambda: read_command(run))


def rename(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run(name="old")
    return Case(lambda: rename_run(run, "new"), lambda: read_label(run))


def star(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    return Case(lambda: star_run(run, starred=True), lambda: read_label(run))


def delete(settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    return Case(lambda: delete_run(run), lambda: _runs(settings))


def unpack(settings: Settings, make_run: Callable[..., Run]) -> Case:
    packed = pack_run(make_run())
    return Case(lambda: unpack_run(packed, settings.runs), lambda: _runs(settings))


def label(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    return Case(
        lambda: add_drawing(settings.data, Drawing(ink=INK, pen_width=18.0), 7, ""), lambda: _drawings(settings)
    )


def label_another_way(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    drawing = add_drawing(settings.data, Drawing(ink=INK, pen_width=18.0), 7, "")
    return Case(lambda: relabel(settings.data, drawing.id, 1), lambda: _drawings(settings))


def delete_a_drawing(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    drawing = add_drawing(settings.data, Drawing(ink=INK, pen_width=18.0), 7, "")
    return Case(lambda: delete_drawings(settings.data, [drawing.id]), lambda: _drawings(settings))


def import_ink(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    add_drawing(settings.data, Drawing(ink=INK, pen_width=18.0), 7, "")
    lines = [InkLine(LabelledDrawing(ink=INK, pen_width=18.0, digit=digit, writer="x"), {}) for digit in (1, 2)]
    return Case(lambda: add_from_elsewhere(settings.data, lines), lambda: _drawings(settings))


def write_ink(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    file = settings.runs.parent / "ink.jsonl"
    drawing = LabelledDrawing(ink=INK, pen_width=18.0, digit=1, writer="x")
    return Case(lambda: write_ink_file(file, [drawing]), lambda: _content(file))


def results(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    return Case(lambda: run.write_results({"parameters": 3, "test": {}}), lambda: run.results)


def status(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    return Case(lambda: run.mark(State.STOPPED, "Enough."), lambda: (run.status.state, run.status.message))


def history(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    run.append_history({"epoch": 1, "step": 4})
    return Case(lambda: run.append_history({"epoch": 2, "step": 8}), lambda: _content(run.history_file))


def shorter_history(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    for epoch in (1, 2):
        run.append_history({"epoch": epoch, "step": epoch})
    return Case(lambda: run.cut_history(1, 1), lambda: run.history)


def snapshot(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run, weights = make_run(), build_model("softmax", seed=1).state_dict()
    return Case(lambda: save_weights(run.weights, weights), lambda: _content(run.weights))


def resume_state(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run = make_run()
    return Case(lambda: save_resume(run, {"step": 3}), lambda: load_resume(run))


def scores(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run, file = make_run(), make_run().evaluation("sklearn")
    some = Scores(np.zeros((3, 10), np.float32), np.zeros(3, np.int64), run.config.model, "weights", "images")
    return Case(lambda: save_scores(file, some), lambda: load_scores(file, "softmax").origin if file.exists() else None)


def samples(_settings: Settings, make_run: Callable[..., Run]) -> Case:
    run, images = make_run(), np.zeros((2, 28, 28), np.uint8)
    return Case(lambda: save_samples(run, images, np.zeros(2)), lambda: (run.folder / "samples.npz").exists())


def publish_anew(settings: Settings, make_run: Callable[..., Run]) -> Case:
    target = settings.runs.parent / "checkpoints" / "mine"
    publish(_scored(make_run()), target, "command")
    run = _scored(make_run())
    save_weights(run.weights, build_model("softmax", seed=1).state_dict())
    return Case(lambda: publish(run, target, "command"), lambda: _content(target / "weights.safetensors"))


def make_a_backup(settings: Settings, make_run: Callable[..., Run]) -> Case:
    make_run()
    add_drawing(settings.data, Drawing(ink=INK, pen_width=18.0), 7, "")
    file = settings.runs.parent / "backup.zip"
    return Case(lambda: back_up(file, settings), lambda: file.exists() and zipfile.ZipFile(file).testzip() is None)


def restore_a_backup(settings: Settings, make_run: Callable[..., Run]) -> Case:
    first, second, sweep = make_run(), make_run(), Sweep.create(settings.runs, PLAN)
    drawing = add_drawing(settings.data, Drawing(ink=INK, pen_width=18.0), 7, "")
    file = back_up(settings.runs.parent / "backup.zip", settings).file
    delete_run(first)
    delete_run(second)
    sweep.remove()
    delete_drawings(settings.data, [drawing.id])
    return Case(lambda: restore(file, settings), lambda: (_runs(settings), _sweeps(settings), _drawings(settings)))


def start_measuring(settings: Settings, make_run: Callable[..., Run]) -> Case:
    plan = Plan(make_run().id, "sklearn")
    return Case(
        lambda: start_measurement(plan, settings),
        lambda: (find_measurement(settings.runs, plan) is None, _tickets(settings)),
    )


def begin_a_sweep(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    return Case(lambda: start_sweep(PLAN, settings), lambda: _sweeps(settings))


def resume_a_sweep(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    sweep = Sweep.create(settings.runs, PLAN)
    sweep.mark(SweepState.STOPPED)
    return Case(lambda: resume_sweep(sweep, settings), lambda: sweep.status.state)


def stop_a_sweep(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    sweep = Sweep.create(settings.runs, PLAN)
    return Case(lambda: stop_sweep(sweep, settings), lambda: sweep.wants_stop)


def delete_a_sweep(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    sweep = Sweep.create(settings.runs, PLAN)
    return Case(lambda: delete_sweep(sweep), lambda: _sweeps(settings))


def take_down_a_trial(settings: Settings, _make_run: Callable[..., Run]) -> Case:
    sweep = Sweep.create(settings.runs, PLAN)
    tell_setting(sweep.journal, 1, {"batch_size": 32})
    return Case(lambda: tell_ending(sweep.journal, 1, Ending.DONE), lambda: read_journal(sweep.journal))


CASES: list[Make] = [
    *(create, start_a_job, resume_a_job, pause, rename, star, delete, unpack, label, label_another_way),
    *(delete_a_drawing, import_ink, write_ink, results, status, history, shorter_history, snapshot, resume_state),
    *(scores, samples, publish_anew, make_a_backup, restore_a_backup),
    *(start_measuring, begin_a_sweep, resume_a_sweep, stop_a_sweep, delete_a_sweep, take_down_a_trial),
]

MANY_WRITES = (unpack, publish_anew, make_a_backup, restore_a_backup)

FAILURES = [pytest.param(FULL, True, 7, id="full, in short")] + [
    pytest.param(code, stays, 1, id=f"{name} {'from then on' if stays else 'once'}", marks=pytest.mark.slow)
    for code, stays, name in (
        (FULL, True, "full"),
        (FULL, False, "full"),
        (READ_ONLY, True, "read-only"),
        (READ_ONLY, False, "read-only"),
        (FORBIDDEN, True, "forbidden"),
        (FORBIDDEN, False, "forbidden"),
    )
]


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
@pytest.mark.parametrize(("code", "stays", "every"), FAILURES)
def test_on_a_disk_that_fails_the_old_state_stays_and_one_line_says_why(
    make: Make,
    code: int,
    stays: bool,
    every: int,
    disk: FailingDisk,
    settings: Settings,
    make_run: Callable[..., Run],
    tmp_path: Path,
) -> None:
    stays = stays and make is not publish_anew  # moving back what was just moved away needs no room
    for at in count(1, every if make in MANY_WRITES else 1):
        for folder in tmp_path.iterdir():
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
        case = make(settings, make_run)
        before = case.look()
        disk.arm(at, stays=stays, code=code)
        error = _error_of(case.do)
        disk.mend()
        where = f"at write {at}"
        assert (case.look() == before) is (error is not None), where
        assert _left(tmp_path) == [], where
        if error is not None:
            assert disk.struck
            assert isinstance(error, DigitlabError), where
            assert str(tmp_path) in str(error), where
            assert len(str(error).splitlines()) == 1, where
            case.do()
            assert case.look() != before, where
            assert _left(tmp_path) == [], where
        if not disk.struck:
            break
    assert at > 1, "nothing was written at all"


@pytest.mark.parametrize("writes", [[20], pytest.param(count(1), marks=pytest.mark.slow, id="each")])
def test_a_training_that_the_full_disk_ended_goes_on_to_the_same_weights(
    writes: Iterable[int], disk: FailingDisk, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.jobs.recorder._Due", EverySecondTime)
    monkeypatch.setattr(sklearn_digits, "load_sklearn_digits", cache(sklearn_digits.load_sklearn_digits))
    whole = Run.create(settings.runs, CONFIG)
    work(whole, settings)
    for at in writes:
        run = Run.create(settings.runs, CONFIG)
        with run.lock():
            disk.arm(at, stays=False)
            error = _error_of(lambda run=run: work(run, settings))  # type: ignore[misc]
        disk.mend()
        assert _left(tmp_path) == []
        if error is not None:
            assert isinstance(error, DigitlabError)
            assert (run.state, run.status.message[:17]) == (State.FAILED, "The disk is full.")
            with run.lock():
                work(run, settings)
        assert run.state is State.DONE
        assert run.weights.read_bytes() == whole.weights.read_bytes()
        if not disk.struck:
            break


class EverySecondTime:
    """Saves and reports by steps instead of by the clock."""

    def __init__(self, _seconds: float) -> None:
        self.calls = 0

    def __call__(self) -> bool:
        self.calls += 1
        return self.calls % 2 == 0

    def wait(self, _seconds: float) -> None:
        pass


def test_the_command_line_says_it_in_one_line(
    disk: FailingDisk, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.arm(1, stays=True)
    with pytest.raises(SystemExit) as ended:
        main(["train", "--model", "softmax", "--data", "sklearn", "--epochs", "1"])
    disk.mend()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert said.rstrip().endswith("No space left on device. Delete runs or make room elsewhere, then try again.")
    assert len(said.splitlines()) == 1
    assert not settings.runs.exists()


def _error_of(do: Callable[[], object]) -> BaseException | None:
    try:
        do()
    except Exception as error:
        return error
    return None


def _left(folder: Path) -> list[str]:
    """What is half-made: temporary files and hidden folders."""
    return [
        str(path)
        for path in folder.rglob(".*")
        if path.name not in (".queue", ".sweeps", ".measurements", ".lock")
        and not path.is_relative_to(folder / "data" / "MNIST")
    ]


def _runs(settings: Settings) -> list[tuple[str, State]]:
    return [(entry.id, entry.state) for entry in Catalogue(settings).entries() if not entry.is_checkpoint]


def _sweeps(settings: Settings) -> list[tuple[str, SweepState]]:
    return [(sweep.id, sweep.status.state) for sweep in sweeps(settings)]


def _tickets(settings: Settings) -> list[str]:
    folder = Queue(settings.runs, 1).folder
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _drawings(settings: Settings) -> list[tuple[str, int]]:
    return [(one.id, one.digit) for one in my_drawings(settings.data)]


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _scored(run: Run) -> Run:
    summary: dict[str, Any] = {"accuracy": 0.5, "interval": [0.4, 0.6], "mistakes": 5, "images": 10}
    run.write_results({"parameters": 7850, "test": {"sklearn": summary}})
    some = Scores(np.zeros((3, 10), np.float32), np.zeros(3, np.int64), "softmax", "weights", "images")
    save_scores(run.evaluation("sklearn"), some)
    return run
