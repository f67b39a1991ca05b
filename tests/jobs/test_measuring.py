"""Measurements: what is checked before one starts, what its process does, and that no kill leaves half of one."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digitlab.access import NotAllowed, Quotas, Role, Visitor
from digitlab.classroom import Classroom
from digitlab.config import TrainConfig
from digitlab.data.dataset import load_part
from digitlab.errors import BadConfig, BadRun, DataMissing, UnknownName
from digitlab.explain.perturbations import PERTURBATIONS, Disturbance
from digitlab.explain.robustness import DISTURBANCES, choose_images, find_right
from digitlab.jobs import launcher, measuring_job, start
from digitlab.jobs.measurement import FOLDER, Measurement, Plan, find_measurement, measurements
from digitlab.jobs.measuring_job import VERSIONS, measure
from digitlab.jobs.queue import Command, Queue, Ticket, write_command
from digitlab.jobs.start import QueueFull, start_job, start_measurement, stop_job
from digitlab.models import build_model
from digitlab.reading.predictor import Predictor
from digitlab.runs.robustness import Robustness, load_robustness, read_robustness
from digitlab.runs.run import Run
from digitlab.runs.scores import origin_of
from digitlab.runs.status import State
from digitlab.runs.weights import save_weights
from digitlab.settings import Settings

ANNA, BO, TEACHER = Visitor(Role.PUPIL, "a" * 32), Visitor(Role.PUPIL, "b" * 32), Visitor(Role.TEACHER, "c" * 32)
FEW = {name: DISTURBANCES[name] for name in ("shift-down", "noise", "fgsm")}


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture
def plan(make_run: Callable[..., Run]) -> Plan:
    return Plan(make_run().id, "sklearn")


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets the id of every job whose process would be started; none is, and each counts as starting."""
    ids: list[str] = []
    monkeypatch.setattr("digitlab.runs.run._STARTING", 3600.0)
    monkeypatch.setattr(launcher, "start_process", lambda _module, folder, *_: ids.append(Path(folder).name))
    return ids


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three disturbances are measured."""
    monkeypatch.setattr(measuring_job, "DISTURBANCES", FEW)


def found(plan: Plan, settings: Settings) -> Robustness:
    run = Run(settings.runs / plan.run)
    part = choose_images(load_part(plan.data, "test", settings.data))
    return read_robustness(run, plan.data, settings.runs, origin_of(run, part.fingerprint()), VERSIONS)


def test_a_measurement_stands_in_line_and_is_no_run(plan: Plan, settings: Settings, spawned: list[str]) -> None:
    job = start_measurement(plan, settings)
    assert spawned == [job.id]
    assert job.plan == plan
    assert list(Queue(settings.runs, 1).waiting()) == [job.id]
    assert [one.id for one in measurements(settings.runs)] == [job.id]
    assert job.id not in {entry.id for entry in start.Catalogue(settings).entries()}


def test_one_that_is_under_way_is_not_started_again(plan: Plan, settings: Settings, spawned: list[str]) -> None:
    assert start_measurement(plan, settings).id == start_measurement(plan, settings).id
    assert len(spawned) == 1


@pytest.mark.usefixtures("spawned")
def test_ended_ones_go_when_the_next_starts_but_reasons_of_others_stay(
    plan: Plan, settings: Settings, make_run: Callable[..., Run]
) -> None:
    failed, other = start_measurement(plan, settings), start_measurement(Plan(make_run().id, "sklearn"), settings)
    failed.mark(State.FAILED, "why")
    other.mark(State.FAILED, "so")
    assert find_measurement(settings.runs, plan).status.message == "why"
    again = start_measurement(plan, settings)
    assert {one.id for one in measurements(settings.runs)} == {again.id, other.id}


@pytest.mark.usefixtures("spawned")
def test_what_cannot_be_measured_is_refused_and_leaves_nothing(plan: Plan, settings: Settings) -> None:
    for bad, error in (
        (Plan("nobody", "sklearn"), UnknownName),
        (Plan("../x", "sklearn"), UnknownName),
        (replace(plan, data="letters"), UnknownName),
        (replace(plan, data="mnist"), DataMissing),
        (replace(plan, data="mine"), BadConfig),
    ):
        with pytest.raises(error) as refused:
            start_measurement(bad, settings)
        assert "\n" not in str(refused.value)
    assert not measurements(settings.runs)


@pytest.mark.usefixtures("spawned")
def test_a_pupils_measurement_counts_like_a_training(
    plan: Plan, settings: Settings, make_run: Callable[..., Run]
) -> None:
    room = replace(settings, classroom=Classroom("class-code", "teacher-code", Quotas(runs=1, all_runs=5)))
    first, other = start_measurement(plan, room, ANNA), Plan(make_run().id, "sklearn")
    for again in (
        lambda: start_measurement(other, room, ANNA),
        lambda: start_job(TrainConfig(model="softmax", data="sklearn"), room, ANNA),
    ):
        with pytest.raises(NotAllowed, match="You have 1 unfinished run"):
            again()
    start_measurement(other, room, BO)
    with pytest.raises(NotAllowed):
        stop_job(first, settings, BO)
    stop_job(first, settings, TEACHER)
    first.mark(State.STOPPED)
    start_job(TrainConfig(model="softmax", data="sklearn"), room, ANNA)
    with pytest.raises(NotAllowed, match="You have 1 unfinished run"):
        start_measurement(plan, room, ANNA)


@pytest.mark.usefixtures("spawned")
def test_a_full_line_takes_no_measurement(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch, make_run: Callable[..., Run]
) -> None:
    monkeypatch.setattr(start, "MOST_WAITING", 1)
    start_measurement(plan, settings)
    with pytest.raises(QueueFull):
        start_measurement(Plan(make_run().id, "sklearn"), settings)


@pytest.mark.usefixtures("spawned")
def test_its_turn_comes_in_the_order_of_the_line(plan: Plan, settings: Settings) -> None:
    queue = Queue(settings.runs, 1)
    first, second = start_measurement(plan, settings), start_job(TrainConfig(model="softmax", data="sklearn"), settings)
    with Ticket(queue, second) as later, Ticket(queue, first) as earlier:
        assert not later.try_slot()
        assert earlier.try_slot()
        assert not later.try_slot()


@pytest.mark.usefixtures("few", "spawned")
def test_the_curves_are_those_that_are_counted_by_hand(plan: Plan, settings: Settings) -> None:
    job = start_measurement(plan, settings)
    measure(job, settings)
    assert job.status.state is State.DONE
    curves = found(plan, settings).curves
    assert list(curves) == list(FEW)
    model = Predictor(Run(settings.runs / plan.run)).model
    part = load_part("sklearn", "test", settings.data)  # fewer than 1,000: all of them are taken
    for name, amount in (("shift-down", -4.0), ("shift-down", 0.0), ("fgsm", 16.0)):
        curve = curves[name]
        assert curve.images == len(part) == 359
        right = find_right(model, part, FEW[name], amount)
        assert right is not None
        assert curve.right[curve.amounts.index(amount)] == right.sum()
    moved = PERTURBATIONS["shift-down"].apply(part.images.numpy(), -4.0)
    answers = Predictor(Run(settings.runs / plan.run)).read_all(moved)
    by_hand = sum(one.digit == label for one, label in zip(answers, part.labels.tolist(), strict=True))
    assert curves["shift-down"].right[curves["shift-down"].amounts.index(-4.0)] == by_hand


@pytest.mark.usefixtures("few", "spawned")
def test_what_is_known_is_not_measured_again(plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    measure(start_measurement(plan, settings), settings)
    before = found(plan, settings)
    asked: list[str] = []

    def counted(_model: object, _part: object, one: Disturbance, _go_on: object) -> tuple[int, ...]:
        asked.append(one.name)
        return (7,) * len(one.amounts)

    monkeypatch.setattr(measuring_job, "count_right", counted)
    monkeypatch.setattr(measuring_job, "DISTURBANCES", {**FEW, "blur": DISTURBANCES["blur"]})
    measure(start_measurement(plan, settings), settings)
    assert set(asked) == {"blur"}
    assert {name: curve for name, curve in found(plan, settings).curves.items() if name != "blur"} == before.curves


@pytest.mark.usefixtures("few", "spawned")
def test_one_that_is_stopped_keeps_whole_curves_alone(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start_measurement(plan, settings)
    monkeypatch.setattr(measuring_job, "_REPORT", 0.0)
    count = measuring_job.count_right

    def stopped_in_noise(*given: object) -> tuple[int, ...] | None:
        if given[2] is FEW["noise"]:
            write_command(job, Command.STOP)
        return count(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(measuring_job, "count_right", stopped_in_noise)
    measure(job, settings)
    assert job.status.state is State.STOPPED
    assert list(found(plan, settings).curves) == ["shift-down"]


@pytest.mark.usefixtures("few", "spawned")
def test_progress_and_time_left_are_written_down(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start_measurement(plan, settings)
    monkeypatch.setattr(measuring_job, "_REPORT", 0.0)
    seen: list[tuple[int, int, str]] = []
    write = Measurement.write_status

    def noted(one: Measurement, status: object) -> None:
        seen.append((status.step, status.steps, status.message))  # type: ignore[attr-defined]
        write(one, status)  # type: ignore[arg-type]

    monkeypatch.setattr(Measurement, "write_status", noted)
    measure(job, settings)
    steps = [step for step, _, _ in seen]
    assert steps == sorted(steps)
    assert seen[-1][:2] == (seen[-1][1], 359 * (9 + 9 + 1 + 8 * 4))
    assert "Measuring FGSM." in {message for _, _, message in seen}
    assert job.status.time_left == 0


@pytest.mark.usefixtures("few", "spawned")
def test_a_run_that_learns_on_meanwhile_is_not_mixed_up(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, run = start_measurement(plan, settings), Run(settings.runs / plan.run)

    def learns(*_given: object) -> tuple[int, ...]:
        save_weights(run.weights, build_model("softmax").state_dict())
        return (1,) * 9

    monkeypatch.setattr(measuring_job, "count_right", learns)
    with pytest.raises(BadRun, match="has learned on meanwhile"):
        measure(job, settings)
    assert (job.status.state, "Measure it when" in job.status.message) == (State.FAILED, True)
    assert not (run.folder / "robustness").exists()


@pytest.mark.usefixtures("spawned")
def test_a_foreign_file_of_curves_ends_it_with_one_line(plan: Plan, settings: Settings) -> None:
    job, folder = start_measurement(plan, settings), settings.runs / plan.run / "robustness"
    folder.mkdir()
    (folder / "sklearn.json").write_text('{"format": 9}')
    with pytest.raises(BadRun, match="damaged or foreign"):
        measure(job, settings)
    assert job.status.message.count("\n") == 0
    assert "Delete it" in job.status.message


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """The processes of jobs; none is left behind."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    class Kept:
        DEVNULL, STDOUT = subprocess.DEVNULL, subprocess.STDOUT

        @staticmethod
        def Popen(*given: object, **how: object) -> "subprocess.Popen[bytes]":  # noqa: N802
            started.append(popen(*given, **how))  # type: ignore[call-overload]
            return started[-1]

    monkeypatch.setattr(launcher, "subprocess", Kept)
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.long
def test_a_process_that_is_killed_leaves_whole_curves_and_the_next_goes_on(
    plan: Plan, settings: Settings, processes: list["subprocess.Popen[bytes]"]
) -> None:
    job, path = start_measurement(plan, settings), settings.runs / plan.run / "robustness" / "sklearn.json"
    while processes[0].poll() is None and not path.is_file():
        time.sleep(0.02)
    os.kill(processes[0].pid, signal.SIGKILL)
    processes[0].wait()
    assert job.state is State.INTERRUPTED, job.read_log()
    first = load_robustness(path)
    assert first.curves
    again = start_measurement(plan, settings)
    assert again.id != job.id
    processes[1].wait()
    assert again.state is State.DONE, again.read_log()
    whole = load_robustness(path)
    assert list(whole.curves) == list(DISTURBANCES)
    assert {name: whole.curves[name] for name in first.curves} == first.curves
    assert [one.name for one in path.parent.iterdir()] == ["sklearn.json"]
    assert not list(Path(settings.runs, FOLDER).glob(f"{job.id}*"))


def test_a_damaged_plan_is_one_line(tmp_path: Path) -> None:
    job = Measurement.of(tmp_path, Plan("cnn", "mnist"))
    (job.folder / "measurement.json").write_text('{"run": 7, "data": "mnist"}')
    with pytest.raises(BadRun, match="damaged or foreign: run is 7; it must be a text"):
        _ = job.plan
    assert find_measurement(tmp_path, Plan("cnn", "mnist")) is None
