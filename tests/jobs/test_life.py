"""The whole life of a job, with real processes.

Nothing here is measured by the clock: every wait ends with what it waits for, or when the process that should bring it
about has ended.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.jobs import launcher, start
from digitlab.jobs.start import pause_job, resume_job, start_job, stop_job
from digitlab.runs.run import Run
from digitlab.runs.status import UNFINISHED, State
from digitlab.settings import Settings
from tests.fuzz.trust import keep_line

ENDLESS = TrainConfig(model="softmax", data="sklearn", epochs=1000, batch_size=1, learning_rate=0.001)
SHORT = TrainConfig(model="cnn-small", data="sklearn", batch_size=32, augmentation="elastic", dropout=0.3, seed=5)

MANY = 200
"""Kills of the long test."""

HANGS = 3600.0
"""Seconds after which a wait is given up whatever else: only a test that hangs ever waits that long."""

KILLED_AT_A_WRITE = """
import os, signal, sys
from pathlib import Path
from digitlab.jobs import recorder, worker

left, fsync = int(sys.argv[1]), os.fsync

def counted(descriptor):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(descriptor)

class EveryThirdTime:
    def __init__(self, _seconds):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return self.calls % 3 == 0

    def wait(self, _seconds):
        pass

os.fsync, recorder._Due = counted, EveryThirdTime
sys.exit(worker.main(Path(sys.argv[2])))
"""
"""A job's process that is killed in the midst of its n-th write to the disk; it saves and reports every ninth step."""


class Processes(list["subprocess.Popen[bytes]"]):
    """The processes that jobs were given, in order. kill_at: the write at which the next one is killed, if any."""

    kill_at: int | None = None

    def start(self, arguments: list[str], **options: object) -> "subprocess.Popen[bytes]":
        if self.kill_at:
            arguments = [sys.executable, "-c", KILLED_AT_A_WRITE, str(self.kill_at), arguments[-1]]
            self.kill_at = None
        self.append(subprocess.Popen(arguments, **options))  # type: ignore[call-overload]
        return self[-1]


class _OnlyPopen:
    """Stands for the module `subprocess` where jobs are started."""

    DEVNULL, STDOUT = subprocess.DEVNULL, subprocess.STDOUT

    def __init__(self, processes: Processes) -> None:
        self.Popen = processes.start


@pytest.fixture(autouse=True)
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """No process is left behind; each computes in one thread, since several would wait for one another."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    started = Processes()
    monkeypatch.setattr(launcher, "subprocess", _OnlyPopen(started))
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture
def eventually(processes: Processes) -> Callable[[Callable[[], bool]], None]:
    """Waits until a condition holds; fails when all processes have ended and it still does not."""

    def wait(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + HANGS
        while not condition():
            if processes and all(process.poll() is not None for process in processes):
                assert condition(), "the processes have ended, and it never happened"
                return
            assert time.monotonic() < end, "it never happened"
            time.sleep(0.02)

    return wait


@pytest.fixture
def reaches(eventually: Callable[..., None]) -> Callable[[Run, State], None]:
    """Waits until a run is in a state; fails when the run fails instead."""

    def wait(run: Run, state: State) -> None:
        eventually(lambda: run.state in (state, State.FAILED))
        assert run.state is state, f"{run.status.message}\n{run.read_log()}"

    return wait


@pytest.fixture
def trains(eventually: Callable[..., None], reaches: Callable[..., None]) -> Callable[[Run], None]:
    """Waits until a run has learned something."""

    def wait(run: Run) -> None:
        reaches(run, State.RUNNING)
        step = run.status.step
        eventually(lambda: run.status.step > step)

    return wait


Eventually = Callable[[Callable[[], bool]], None]
Reaches = Callable[[Run, State], None]
Trains = Callable[[Run], None]


@pytest.mark.long
def test_a_job_is_queued_runs_pauses_runs_again_and_ends(
    settings: Settings, eventually: Eventually, reaches: Reaches, trains: Trains
) -> None:
    first, second = start_job(ENDLESS, settings), start_job(ENDLESS.replace(epochs=2), settings)
    assert first.status.state in UNFINISHED
    trains(first)
    reaches(second, State.QUEUED)

    pause_job(first)
    reaches(first, State.PAUSED)
    reaches(second, State.DONE)  # a paused run lends its slot

    step = first.status.step
    resume_job(first, settings)
    eventually(lambda: first.status.step > step)
    stop_job(first, settings)
    reaches(first, State.STOPPED)
    assert second.results["test"]["sklearn"]["images"] == 359


@pytest.mark.long
def test_a_stopped_run_goes_on_from_its_last_step(
    settings: Settings, processes: Processes, eventually: Eventually, reaches: Reaches, trains: Trains
) -> None:
    run = start_job(ENDLESS, settings)
    trains(run)
    stop_job(run, settings)
    reaches(run, State.STOPPED)
    processes[0].wait()
    step = run.status.step
    records = run.history
    resume_job(run, settings)
    eventually(lambda: run.state is State.RUNNING and run.status.step > step)
    assert run.history[: len(records)] == records


@pytest.mark.long
def test_a_queued_run_can_be_stopped_before_it_began(settings: Settings, reaches: Reaches, trains: Trains) -> None:
    first, second = start_job(ENDLESS, settings), start_job(ENDLESS, settings)
    trains(first)
    reaches(second, State.QUEUED)
    stop_job(second, settings)
    reaches(second, State.STOPPED)
    assert second.status.step == 0


@pytest.mark.long
def test_the_slot_of_a_killed_job_is_free_again(settings: Settings, processes: Processes, trains: Trains) -> None:
    first, second = start_job(ENDLESS, settings), start_job(ENDLESS, settings)
    trains(first)
    processes[0].kill()
    trains(second)
    assert first.state is State.INTERRUPTED


@pytest.mark.slow  # `test_start.py` has the short form
def test_a_paused_run_that_was_killed_a_moment_ago_goes_on(
    settings: Settings, processes: Processes, eventually: Eventually, reaches: Reaches, trains: Trains
) -> None:
    run = start_job(ENDLESS, settings)
    trains(run)
    pause_job(run)
    reaches(run, State.PAUSED)
    step = run.status.step
    processes[0].kill()  # the system still takes it apart when the next line asks
    resume_job(run, settings)
    eventually(lambda: run.state is State.RUNNING and run.status.step > step)
    assert len(processes) == 2


@pytest.mark.long
def test_a_run_whose_folder_is_deleted_ends_and_does_not_come_back(
    settings: Settings, processes: Processes, trains: Trains
) -> None:
    run = start_job(ENDLESS, settings)
    trains(run)
    subprocess.run(["rm", "-r", str(run.folder)], stderr=subprocess.DEVNULL, check=False)
    assert processes[0].wait() == 2
    assert [path.name for path in settings.runs.iterdir()] == [".queue"]


@pytest.mark.long
def test_a_done_run_can_neither_be_paused_nor_resumed(settings: Settings, reaches: Reaches) -> None:
    run = start_job(ENDLESS.replace(epochs=1), settings)
    reaches(run, State.DONE)
    with pytest.raises(BadRun, match="is done"):
        pause_job(run)
    with pytest.raises(BadRun, match="Clone it"):
        resume_job(run, settings)


def test_sigterm_saves_and_stops(settings: Settings, processes: Processes, reaches: Reaches, trains: Trains) -> None:
    run = start_job(ENDLESS, settings)
    trains(run)
    processes[0].send_signal(signal.SIGTERM)
    reaches(run, State.STOPPED)
    assert run.resume.is_file()


@pytest.mark.long
def test_a_job_outlives_the_process_that_started_it(reaches: Reaches) -> None:
    code = (
        "from digitlab.config import TrainConfig; from digitlab.jobs.start import start_job; "
        "from digitlab.settings import Settings; "
        "config = TrainConfig(model='softmax', data='sklearn', epochs=3); "
        "print(start_job(config, Settings.from_environment()).folder)"
    )
    starter = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    reaches(Run(Path(starter.stdout.strip())), State.DONE)


@pytest.mark.long
def test_a_run_whose_data_are_gone_fails_with_the_remedy(
    settings: Settings, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "check_data", lambda _config, _settings: None)  # they were there a moment ago
    run = start_job(TrainConfig(model="softmax", data="pen", epochs=1), settings)
    processes[0].wait()
    assert run.state is State.FAILED
    assert "Run `digitlab download pen`" in run.status.message


@pytest.mark.long
def test_a_diverging_run_fails_and_names_step_and_rate(settings: Settings, processes: Processes) -> None:
    config = TrainConfig(model="cnn-small", data="sklearn", optimizer="sgd", learning_rate=100.0, epochs=20)
    run = start_job(config, settings)
    processes[0].wait()
    assert run.state is State.FAILED
    assert "learning rate" in run.status.message
    assert "at step" in run.status.message


@pytest.mark.parametrize(
    "kills", [3, pytest.param(20, marks=pytest.mark.slow), pytest.param(MANY, marks=pytest.mark.soak)]
)
@pytest.mark.long
def test_a_run_killed_at_random_moments_ends_with_the_same_weights_bit_for_bit(
    kills: int, settings: Settings, processes: Processes, reaches: Reaches
) -> None:
    both = replace(settings, jobs=2)
    config = SHORT.replace(epochs=2 * kills)
    moments = random.Random(7)
    undisturbed = start_job(config, both)
    processes.kill_at = _a_write(moments)
    run = start_job(config, both)
    for kill in range(kills):
        assert processes[-1].wait() == -signal.SIGKILL
        assert run.state is State.INTERRUPTED
        processes.kill_at = _a_write(moments) if kill < kills - 1 else None
        resume_job(run, both)
    assert run.resume.is_file(), "it was never killed after its state had been saved"
    reaches(run, State.DONE)
    reaches(undisturbed, State.DONE)

    assert run.weights.read_bytes() == undisturbed.weights.read_bytes()
    assert [s.read_bytes() for s in run.snapshots] == [s.read_bytes() for s in undisturbed.snapshots]
    assert [_without_times(r) for r in run.history] == [_without_times(r) for r in undisturbed.history]
    if kills == MANY:
        keep_line(
            "Kills", f"a run killed {kills} times, each in the midst of a write, ended bit for bit as one never killed."
        )


def _a_write(moments: random.Random) -> int:
    """The number of a write: from the third on a run counts as running, and no two epochs have as few as 30."""
    return moments.randint(3, 30)


def _without_times(record: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in record.items() if key != "seconds"}


@pytest.mark.long
def test_two_installations_on_one_folder_of_runs_see_the_same(
    settings: Settings, reaches: Reaches, trains: Trains
) -> None:
    run = start_job(ENDLESS, settings)
    trains(run)
    code = (
        "import sys; from digitlab.settings import Settings; from digitlab.runs.listing import Catalogue; "
        "from digitlab.jobs.start import stop_job; "
        "settings = Settings.from_environment(); run = Catalogue(settings).find(sys.argv[1]); print(run.state); "
        "stop_job(run, settings)"
    )
    other = subprocess.run([sys.executable, "-c", code, run.id], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "running"
    reaches(run, State.STOPPED)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 0.7 MB; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(options, capture_output=True, check=False).returncode:
        pytest.skip("a small file system needs root and the right to mount")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False)


@pytest.mark.long
def test_a_full_disk_leaves_a_readable_run_and_a_clear_message(
    small_disk: Path, settings: Settings, processes: Processes
) -> None:
    run = start_job(ENDLESS, Settings(settings.data, small_disk))
    processes[0].wait()
    assert run.state is State.FAILED
    assert run.status.message.startswith("The disk is full")
    assert run.config == ENDLESS
    assert run.history
