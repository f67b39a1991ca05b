"""What holds of both launchers, with real processes and a real Ray of two nodes; then what Ray alone promises.

Nothing here is measured by the clock: every wait ends with what it waits for.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from safetensors.torch import load_file

from digitlab.config import TrainConfig
from digitlab.errors import BadConfig, BadRun
from digitlab.jobs.launcher import Launcher, launcher_of
from digitlab.jobs.start import pause_job, resume_job, start_job, stop_job
from digitlab.runs.listing import delete_run
from digitlab.runs.run import Run
from digitlab.runs.status import State
from digitlab.settings import Settings
from digitlab.sweeps.conductor import conduct
from digitlab.sweeps.plan import Method, SweepPlan
from digitlab.sweeps.space import Choice
from digitlab.sweeps.start import make_sweep
from digitlab.sweeps.sweep import SweepState
from digitlab.sweeps.trials import read_trials
from tests.jobs.ray_cluster import Cluster, ray_cluster

ENDLESS = TrainConfig(model="softmax", data="sklearn", epochs=1000, batch_size=1, learning_rate=0.001)
SHORT = ENDLESS.replace(epochs=1)
LONGER = TrainConfig(
    model="cnn-small", data="sklearn", epochs=25, batch_size=32, augmentation="elastic", dropout=0.3, seed=5
)

HANGS = 600.0
"""Seconds after which a wait is given up whatever else: only a test that hangs ever waits that long."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with ray_cluster(1, 1) as cluster:
        yield cluster


@pytest.fixture(params=["local", pytest.param("ray", marks=pytest.mark.slow)])  # below, Ray has a shorter test
def settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Two jobs at a time: in two slots, or on two nodes of one processor each. What is left running is stopped."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    here = replace(Settings.from_environment(), jobs=2)
    here.data.mkdir()
    if request.param == "ray":
        here = replace(here, launcher="ray", ray_address=request.getfixturevalue("cluster").address)
    yield here
    left = [Run(path.parent) for path in here.runs.glob("*/config.json")]
    for run in left:
        launcher_of(here).end(run)
    wait_until(lambda: not any(run.is_locked() for run in left))
    wait_until(lambda: not any((here.runs / ".queue" / "ray").glob("*.json")))  # then the watch ends, too


@pytest.fixture
def launcher(settings: Settings) -> Launcher:
    return launcher_of(settings)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def reaches(run: Run, state: State) -> None:
    """Waits until a run is in a state; fails when the run fails instead."""
    wait_until(lambda: run.state in (state, State.FAILED))
    assert run.state is state, f"{run.status.message}\n{run.read_log()}"


def trains(run: Run) -> None:
    reaches(run, State.RUNNING)
    step = run.status.step
    wait_until(lambda: run.status.step > step)


def test_there_is_room_for_two_jobs(launcher: Launcher) -> None:
    assert launcher.room() == 2


def test_a_started_run_comes_to_its_end_and_its_process_is_gone(settings: Settings, launcher: Launcher) -> None:
    launcher.check(SHORT)
    run = start_job(SHORT, settings)
    assert launcher.is_alive(run)
    reaches(run, State.DONE)
    assert run.results["test"]["sklearn"]["images"] == 359
    assert run.weights.is_file()
    wait_until(lambda: not run.is_locked())
    wait_until(lambda: not launcher.is_alive(run))


@pytest.mark.long
def test_a_third_run_waits_and_is_stopped_before_it_began(settings: Settings, launcher: Launcher) -> None:
    first, second, third = (start_job(ENDLESS, settings) for _ in range(3))
    trains(first)
    trains(second)
    assert third.state is State.QUEUED
    assert launcher.is_alive(third)
    stop_job(third, settings)
    reaches(third, State.STOPPED)
    assert third.status.step == 0
    wait_until(lambda: not third.is_locked())
    delete_run(third)
    assert not third.folder.exists()
    assert first.state is second.state is State.RUNNING


@pytest.mark.long
def test_a_run_is_paused_stopped_and_resumed_by_its_folder_alone(settings: Settings, launcher: Launcher) -> None:
    run = start_job(ENDLESS, settings)
    trains(run)
    pause_job(run)
    reaches(run, State.PAUSED)
    assert launcher.is_alive(run)
    resume_job(run, settings)
    trains(run)
    stop_job(run, settings)
    reaches(run, State.STOPPED)
    wait_until(lambda: not launcher.is_alive(run))
    step = run.status.step
    resume_job(run, settings)
    wait_until(lambda: run.state is State.RUNNING and run.status.step > step)
    with pytest.raises(BadRun, match="running; there is nothing to resume"):
        resume_job(run, settings)


@pytest.mark.long
def test_a_run_that_is_started_twice_is_trained_once(settings: Settings, launcher: Launcher) -> None:
    run = start_job(SHORT, settings)
    launcher.start(run)
    reaches(run, State.DONE)
    updated = run.status.updated
    wait_until(lambda: not launcher.is_alive(run))
    log = run.folder / "train.log"
    assert run.state is State.DONE, log.read_text()
    assert run.status.updated == updated
    assert [record["epoch"] for record in run.history] == [1]


@pytest.mark.long
def test_a_sweep_is_trained_by_whoever_starts_jobs(settings: Settings) -> None:
    space = {"learning_rate": Choice((0.001, 0.01, 0.1))}
    sweep = make_sweep(SweepPlan(base=SHORT, space=space, method=Method.GRID), settings)
    with sweep.lock().acquire():
        assert conduct(sweep, settings) is SweepState.DONE
    trials = read_trials(sweep)
    assert {trial.setting["learning_rate"] for trial in trials} == {0.001, 0.01, 0.1}
    assert [run.run.state for trial in trials for run in trial.runs] == [State.DONE] * 3
    assert all(trial.is_done for trial in trials)


@pytest.mark.parametrize("settings", ["ray"], indirect=True)
@pytest.mark.long
def test_a_node_that_is_killed_costs_nothing(settings: Settings, cluster: Cluster) -> None:
    """Its run goes on where there is room, and ends with the same weights as the one that was left in peace."""
    runs = [start_job(LONGER, settings) for _ in range(2)]
    for run in runs:
        trains(run)
        wait_until(lambda run=run: run.resume.is_file())
    node = cluster.nodes[-1]
    (struck,) = [run for run in runs if node.works_on(run.id)]
    (spared,) = [run for run in runs if run is not struck]
    cluster.nodes.remove(node)
    node.kill()
    wait_until(lambda: not struck.is_locked())
    step = struck.status.step
    assert 0 < step < struck.status.steps
    wait_until(lambda: struck.state is State.QUEUED)  # handed over again by the watch, without anybody's doing
    reaches(spared, State.DONE)
    reaches(struck, State.DONE)
    ours, theirs = load_file(struck.weights), load_file(spared.weights)
    assert all(ours[name].equal(theirs[name]) for name in theirs)
    assert [record["epoch"] for record in struck.history] == list(range(1, LONGER.epochs + 1))
    cluster.add()


@pytest.mark.parametrize("settings", ["ray"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "config", "words"),
    [
        ({"cpus": 3}, SHORT, "DIGITLAB_CPUS is 3; the largest node of the Ray cluster has 1"),
        ({}, SHORT.replace(device="cuda"), "device is 'cuda'; no node of the Ray cluster has it"),
        ({"ray_address": "http://127.0.0.1:9"}, SHORT, "RAY_ADDRESS is 'http://127.0.0.1:9'; no Ray cluster answers"),
    ],
)
@pytest.mark.long
def test_what_the_cluster_cannot_do_is_refused_before_there_is_a_run(
    changes: dict[str, object], config: TrainConfig, words: str, settings: Settings
) -> None:
    with pytest.raises(BadConfig, match=words):
        start_job(config, replace(settings, **changes))
    assert not list(settings.runs.glob("2*"))
