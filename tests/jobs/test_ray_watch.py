"""What the watch does at each look, with a stand-in for Ray; `test_launchers.py` kills a node of a real one."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from digitlab.config import TrainConfig
from digitlab.errors import BadRun
from digitlab.jobs import ray_launcher, ray_watch
from digitlab.jobs.queue import Command, Queue, write_command
from digitlab.jobs.ray_launcher import RayLauncher
from digitlab.jobs.ray_watch import Watch
from digitlab.locks import Lock
from digitlab.runs.run import Run
from digitlab.runs.status import State
from digitlab.settings import Settings


class Ray:
    """Stands for Ray's client. words: its word on each submission."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.jobs: list[dict[str, object]] = []
        self.stopped: list[str] = []
        self.away = False

    def submit_job(self, *, submission_id: str, **job: object) -> str:
        if self.away:
            raise ConnectionError("nobody answers")
        self.words[submission_id] = "PENDING"
        self.jobs.append(job)
        return submission_id

    def get_job_status(self, submission_id: str) -> SimpleNamespace:
        if self.away:
            raise ConnectionError("nobody answers")
        if submission_id not in self.words:
            raise RuntimeError("Request failed with status code 404: no such job")
        return SimpleNamespace(value=self.words[submission_id])

    def stop_job(self, submission_id: str) -> None:
        self.stopped.append(submission_id)

    def say(self, word: str) -> None:
        """Of the newest submission."""
        self.words[list(self.words)[-1]] = word


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Ray:
    ray = Ray()
    monkeypatch.setattr(ray_launcher, "_client", lambda _address: ray)
    monkeypatch.setattr("digitlab.runs.run._STARTING", 0.0)  # only the watch's word counts
    return ray


@pytest.fixture
def launcher(ray: Ray) -> RayLauncher:
    settings = replace(Settings.from_environment(), launcher="ray", ray_address="http://ray", cpus=2)
    return RayLauncher(settings)


@pytest.fixture
def job(launcher: RayLauncher) -> Run:
    """A run that Ray was given."""
    run = Run.create(launcher.settings.runs, TrainConfig(model="softmax", data="sklearn"))
    Queue(launcher.settings.runs, None).line_up(run)
    launcher.hand_over(run)
    return run


@pytest.fixture
def watch(launcher: RayLauncher) -> Watch:
    return Watch(launcher)


@pytest.fixture
def dies(watch: Watch) -> Callable[[Run], None]:
    """The process of a run dies; two looks find that."""

    def die(run: Run) -> None:
        run.mark(State.RUNNING)
        watch.look()
        watch.look()

    return die


def test_ray_gets_the_worker_with_its_cores_and_as_many_threads(job: Run, ray: Ray) -> None:
    (given,) = ray.jobs
    assert f"-m digitlab.jobs.worker {job.folder} >>{job.folder}/train.log" in str(given["entrypoint"])
    assert (given["entrypoint_num_cpus"], given["entrypoint_num_gpus"]) == (2, 0)
    variables = given["runtime_env"]["env_vars"]  # type: ignore[index]
    assert variables["OMP_NUM_THREADS"] == "2"
    assert variables["DIGITLAB_LAUNCHER"] == "ray"
    assert not {"DIGITLAB_SECRET", "DIGITLAB_TEACHER_CODE", "RAY_ADDRESS"} & set(variables)


def test_a_config_with_a_gpu_asks_for_one(launcher: RayLauncher, ray: Ray) -> None:
    launcher.hand_over(Run.create(launcher.settings.runs, TrainConfig(model="softmax", data="sklearn", device="cuda")))
    assert ray.jobs[-1]["entrypoint_num_gpus"] == 1


def test_a_job_that_waits_in_ray_stays_queued(
    job: Run, watch: Watch, ray: Ray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.runs.run._STARTING", 15.0)
    job.write_status(replace(job.status, updated="2020-01-01T00:00:00+00:00"))
    os.utime(job.folder / "expected", (0, 0))
    assert job.state is State.INTERRUPTED
    assert watch.look()
    assert job.state is State.QUEUED
    assert len(ray.jobs) == 1


def test_a_job_at_work_is_left_in_peace(job: Run, watch: Watch, ray: Ray) -> None:
    job.mark(State.RUNNING)
    with job.lock():
        assert all(watch.look() for _ in range(3))
    assert len(ray.jobs) == 1


def test_a_process_that_is_missed_once_may_have_just_ended(job: Run, watch: Watch, ray: Ray) -> None:
    job.mark(State.RUNNING)
    watch.look()
    job.mark(State.DONE)
    assert watch.look()
    assert not watch.look()
    assert len(ray.jobs) == 1


def test_a_job_whose_process_is_gone_is_handed_over_again(
    job: Run, launcher: RayLauncher, ray: Ray, dies: Callable[[Run], None]
) -> None:
    first = launcher.handed(job.id)
    dies(job)
    again = launcher.handed(job.id)
    assert len(ray.jobs) == 2
    assert first is not None
    assert again is not None
    assert first.submission != again.submission
    assert job.status.state is State.QUEUED
    assert "goes on elsewhere" in job.status.message
    assert Queue(launcher.settings.runs, None).ticket_file(job.id).exists()


def test_what_dies_at_the_same_step_three_times_is_given_up_and_what_gets_on_is_not(
    job: Run, ray: Ray, dies: Callable[[Run], None], watch: Watch
) -> None:
    dies(job)
    job.write_status(replace(job.status, step=7))
    for _ in range(3):
        dies(job)
    assert (job.status.state, len(ray.jobs)) == (State.QUEUED, 5)
    dies(job)
    assert job.status.state is State.FAILED
    assert "3 times without a step" in job.status.message
    assert len(ray.jobs) == 5
    assert not watch.look()


@pytest.mark.parametrize("word", ["FAILED", "STOPPED", "SUCCEEDED"])
def test_a_job_that_ray_could_not_begin_is_handed_over_again(job: Run, watch: Watch, ray: Ray, word: str) -> None:
    ray.say(word)
    watch.look()
    watch.look()
    assert len(ray.jobs) == 2


def test_what_ray_does_not_know_yet_is_waited_for_and_then_handed_over(
    job: Run, watch: Watch, ray: Ray, launcher: RayLauncher
) -> None:
    ray.words.clear()
    watch.look()
    watch.look()
    assert len(ray.jobs) == 1
    os.utime(launcher.folder / f"{job.id}.json", (0, 0))
    watch.look()
    watch.look()
    assert len(ray.jobs) == 2


@pytest.mark.parametrize("begun", [False, True])
def test_who_is_asked_to_stop_before_it_began_or_after_it_died_ends(
    begun: bool, job: Run, watch: Watch, ray: Ray, launcher: RayLauncher
) -> None:
    if begun:
        job.mark(State.RUNNING)
    write_command(job, Command.STOP)
    watch.look()
    watch.look()
    assert job.status.state is State.STOPPED
    assert len(ray.stopped) == 1
    assert not Queue(launcher.settings.runs, None).ticket_file(job.id).exists()
    assert not watch.look()


def test_a_deleted_job_is_taken_from_ray(job: Run, watch: Watch, ray: Ray) -> None:
    for path in job.folder.iterdir():
        path.unlink()
    watch.look()
    assert len(ray.stopped) == 1
    assert not watch.look()


def test_while_ray_is_away_nothing_is_lost(
    job: Run, watch: Watch, ray: Ray, launcher: RayLauncher, capsys: pytest.CaptureFixture[str]
) -> None:
    before = launcher.handed(job.id)
    ray.away = True
    assert all(watch.look() for _ in range(4))
    job.mark(State.RUNNING)
    assert all(watch.look() for _ in range(4))
    assert launcher.handed(job.id) == before
    assert "did not take" in capsys.readouterr().err
    ray.away = False
    ray.say("FAILED")
    assert all(watch.look() for _ in range(4))
    assert len(ray.jobs) == 2


def test_a_job_that_ray_does_not_take_is_in_nobodys_hands(launcher: RayLauncher, ray: Ray) -> None:
    ray.away = True
    run = Run.create(launcher.settings.runs, TrainConfig(model="softmax", data="sklearn"))
    with pytest.raises(BadRun, match=r"Ray at http://ray did not take .* nobody answers"):
        launcher.hand_over(run)
    assert launcher.handed(run.id) is None


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The modules whose processes would be started; none is."""
    modules: list[str] = []
    monkeypatch.setattr(ray_launcher, "start_process", lambda module, *_: modules.append(module))
    return modules


def test_one_watch_is_started_and_only_for_something(
    launcher: RayLauncher, spawned: list[str], request: pytest.FixtureRequest
) -> None:
    launcher.look_after()
    assert spawned == []
    request.getfixturevalue("job")
    launcher.look_after()
    with Lock(launcher.folder / "lock"):
        launcher.look_after()
    assert spawned == ["digitlab.jobs.ray_watch"]


def test_the_watch_ends_when_nothing_is_left_and_lets_another_do_it(
    job: Run, launcher: RayLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_watch.Settings, "from_environment", lambda: launcher.settings)
    with Lock(launcher.folder / "lock"):
        ray_watch.main(launcher.settings.runs)  # the other has it
    monkeypatch.setattr(ray_watch.time, "sleep", lambda _seconds: job.mark(State.DONE))
    ray_watch.main(launcher.settings.runs)
    assert launcher.handed(job.id) is None


def test_a_foreign_note_is_nobodys_job(launcher: RayLauncher, job: Run) -> None:
    (launcher.folder / f"{job.id}.json").write_text('{"submission": "x", "else": 1}')
    (launcher.folder / "notes.json").write_text("{}")
    assert list(launcher.all_handed()) == []
