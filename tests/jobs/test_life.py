"""The whole life of a job, with real processes."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.jobs import start
from digitlab.jobs.start import QueueFull, pause_job, resume_job, start_job, stop_job
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State

ENDLESS = TrainConfig(model="softmax", data="sklearn", epochs=1000, batch_size=20, learning_rate=0.001)
SHORT = TrainConfig(
    model="cnn-small", data="sklearn", epochs=12, batch_size=32, augmentation="elastic", dropout=0.3, seed=5
)


@pytest.fixture(autouse=True)
def jobs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder of runs of its own, and no process left behind."""
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DIGITLAB_JOBS", "1")
    started: list[subprocess.Popen] = []
    popen = subprocess.Popen

    def remembered(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(start.subprocess, "Popen", remembered)
    yield started
    for process in started:
        process.kill()
        process.wait()


def eventually(condition: Callable[[], bool], patience: float = 120) -> None:
    """Wait until the condition holds; the patience only ends a test that hangs."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def reaches(run: Run, state: State) -> None:
    eventually(lambda: run.state is state or _gave_up(run, state))


def _gave_up(run: Run, wanted: State) -> bool:
    if run.state in (State.FAILED, State.INTERRUPTED) and run.state is not wanted:
        log = (run.folder / "train.log").read_text()
        raise AssertionError(f"{run.state}: {run.status.message}\n{log}")
    return False


def trains(run: Run) -> None:
    reaches(run, State.RUNNING)
    step = run.status.step
    eventually(lambda: run.status.step > step)


def test_a_job_is_queued_runs_pauses_runs_again_and_ends(jobs_folder):
    first, second = start_job(ENDLESS), start_job(ENDLESS.replace(epochs=2))
    assert first.state in UNFINISHED
    trains(first)
    assert second.state is State.QUEUED

    pause_job(first)
    reaches(first, State.PAUSED)
    reaches(second, State.DONE)  # a paused run lends its slot

    step = first.status.step
    resume_job(first)
    eventually(lambda: first.status.step > step)
    stop_job(first)
    reaches(first, State.STOPPED)
    assert second.results["test"]["sklearn"]["images"] == 359


def test_a_stopped_run_goes_on_from_its_last_step(jobs_folder):
    run = start_job(ENDLESS)
    trains(run)
    stop_job(run)
    reaches(run, State.STOPPED)
    step = run.status.step
    records = run.history
    resume_job(run)
    eventually(lambda: run.state is State.RUNNING and run.status.step > step)
    assert run.history[: len(records)] == records


def test_a_queued_run_can_be_stopped_before_it_began(jobs_folder):
    first, second = start_job(ENDLESS), start_job(ENDLESS)
    trains(first)
    reaches(second, State.QUEUED)
    stop_job(second)
    reaches(second, State.STOPPED)
    assert second.status.step == 0


def test_the_slot_of_a_killed_job_is_free_again(jobs_folder):
    first, second = start_job(ENDLESS), start_job(ENDLESS)
    trains(first)
    jobs_folder[0].kill()
    trains(second)
    assert first.state is State.INTERRUPTED


def test_a_full_queue_refuses_another_run(jobs_folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(start, "MOST_WAITING", 1)
    trains(start_job(ENDLESS))
    start_job(ENDLESS)
    with pytest.raises(QueueFull, match="1 runs wait"):
        start_job(ENDLESS)


def test_a_done_run_can_neither_be_paused_nor_resumed(jobs_folder):
    run = start_job(ENDLESS.replace(epochs=1))
    reaches(run, State.DONE)
    with pytest.raises(BadRun, match="is done"):
        pause_job(run)
    with pytest.raises(BadRun, match="Clone it"):
        resume_job(run)


def test_sigterm_saves_and_stops(jobs_folder):
    run = start_job(ENDLESS)
    trains(run)
    jobs_folder[0].send_signal(signal.SIGTERM)
    reaches(run, State.STOPPED)
    assert run.resume.is_file()


def test_a_job_outlives_the_process_that_started_it(tmp_path: Path):
    code = (
        "from digitlab.config import TrainConfig; from digitlab.jobs.start import start_job; "
        "print(start_job(TrainConfig(model='softmax', data='sklearn', epochs=3)).folder)"
    )
    starter = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    reaches(Run(Path(starter.stdout.strip())), State.DONE)


def test_a_run_whose_data_are_missing_fails_with_the_remedy(jobs_folder):
    run = start_job(TrainConfig(model="softmax", data="pen", epochs=1))
    eventually(lambda: run.state is State.FAILED)
    assert "Copy pen-digits.jsonl.gz" in run.status.message


def test_a_diverging_run_fails_and_names_step_and_rate(jobs_folder):
    run = start_job(TrainConfig(model="cnn-small", data="sklearn", optimizer="sgd", learning_rate=100.0, epochs=20))
    eventually(lambda: run.state is State.FAILED)
    assert "learning rate" in run.status.message
    assert "at step" in run.status.message


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_run_killed_at_random_moments_ends_with_the_same_weights_bit_for_bit(jobs_folder, kills: int):
    undisturbed = start_job(SHORT.replace(epochs=4 * kills))
    reaches(undisturbed, State.DONE)
    moments = random.Random(7)

    run = start_job(SHORT.replace(epochs=4 * kills))
    for kill in range(kills):
        goal = moments.uniform(0, 1) * undisturbed.status.steps / kills + kill * undisturbed.status.steps / kills
        eventually(lambda goal=goal: run.status.step >= goal or run.state is State.DONE)
        jobs_folder[-1].kill()
        jobs_folder[-1].wait()
        assert run.state is State.INTERRUPTED
        resume_job(run)
    reaches(run, State.DONE)

    assert run.weights.read_bytes() == undisturbed.weights.read_bytes()
    assert [s.read_bytes() for s in run.snapshots] == [s.read_bytes() for s in undisturbed.snapshots]
    assert [_without_times(r) for r in run.history] == [_without_times(r) for r in undisturbed.history]


def _without_times(record: dict) -> dict:
    return {key: value for key, value in record.items() if key != "seconds"}


def test_two_installations_on_one_folder_of_runs_see_the_same(jobs_folder, tmp_path: Path):
    run = start_job(ENDLESS)
    trains(run)
    code = (
        "import sys; from digitlab.runs.catalog import find_run; from digitlab.jobs.start import stop_job; "
        "run = find_run(sys.argv[1]); print(run.state); stop_job(run)"
    )
    other = subprocess.run([sys.executable, "-c", code, run.id], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "running"
    reaches(run, State.STOPPED)


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 1 MB; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(options, capture_output=True, check=False).returncode:
        pytest.skip("a small file system needs root and the right to mount")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_full_disk_leaves_a_readable_run_and_a_clear_message(small_disk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIGITLAB_RUNS", str(small_disk))
    run = start_job(ENDLESS)
    eventually(lambda: run.state is State.FAILED)
    assert run.status.message.startswith("The disk is full")
    assert run.config == ENDLESS
    assert run.history
