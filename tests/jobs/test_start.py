"""What is checked before a process is started; `test_life.py` starts real ones."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
import torch

import digitlab.settings
from digitlab.access import NotAllowed, Quotas, Role, Visitor
from digitlab.classroom import Classroom
from digitlab.config import TrainConfig
from digitlab.data.handwriting import add_drawing
from digitlab.errors import BadConfig, BadRun, DataMissing, UnknownName
from digitlab.files import read_json
from digitlab.ink.strokes import Drawing
from digitlab.jobs import launcher, start, worker
from digitlab.jobs.launcher import launcher_of
from digitlab.jobs.queue import Command, Queue, read_command, write_command
from digitlab.jobs.start import (
    QueueFull,
    check_config,
    check_data,
    find_start,
    find_teachers,
    pause_job,
    resume_job,
    start_job,
    stop_job,
)
from digitlab.jobs.turns import check_upload, room_for_upload
from digitlab.runs.archive import pack_run, unpack_run
from digitlab.runs.listing import Catalogue
from digitlab.runs.owner import owner_of
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.settings import Settings

CONFIG = TrainConfig(model="softmax", data="sklearn")

MakeRun = Callable[..., Run]


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without a process counts as starting, however slow the machine is."""
    monkeypatch.setattr("digitlab.runs.run._STARTING", 3600.0)


@pytest.fixture(autouse=True)
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets the id of every run whose process would be started; none is."""
    ids: list[str] = []
    monkeypatch.setattr(launcher, "start_process", lambda _module, folder, *_: ids.append(Path(folder).name))
    return ids


def test_what_can_be_trained_passes(settings: Settings, make_run: MakeRun) -> None:
    check_config(CONFIG, settings)
    check_config(CONFIG.replace(data="mnist+sklearn"), settings)  # MNIST is downloaded when it is needed
    check_config(CONFIG.replace(start_from=make_run().id), settings)


def test_a_fine_tuning_takes_the_parts_of_the_run_that_it_starts_from(settings: Settings, make_run: MakeRun) -> None:
    start = make_run(validation_share=0.3)
    tuning = CONFIG.replace(start_from=start.id, validation_share=0.1)
    assert check_config(tuning, settings) == tuning.replace(validation_share=0.3)
    assert start_job(tuning, settings).config.validation_share == 0.3
    assert check_config(CONFIG, settings) == CONFIG


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"model": "perceptron"}, UnknownName, "There is no model 'perceptron'"),
        ({"data": "sklearn+letters"}, UnknownName, "There is no data set 'letters'"),
        (
            {"data": "sklearn+pen"},
            DataMissing,
            r"Pen digits cannot be trained on: not in .* Run `digitlab download pen`",
        ),
        ({"data": "mine"}, DataMissing, r"My handwriting cannot be trained on: .* Draw digits and label them"),
        ({"start_from": "nosuch"}, UnknownName, "There is no model 'nosuch'"),
        ({"teachers": "nosuch", "distillation_epochs": 1}, UnknownName, "There is no model 'nosuch'"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_there_is_a_run(
    changes: dict[str, str], error: type[Exception], words: str, settings: Settings, spawned: list[str]
) -> None:
    for check in (check_config, start_job):
        with pytest.raises(error, match=words):
            check(CONFIG.replace(**changes), settings)
    assert spawned == []
    assert not settings.runs.exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there_is_refused_before_there_is_a_run(settings: Settings) -> None:
    with pytest.raises(BadConfig, match="device is 'cuda'"):
        start_job(CONFIG.replace(device="cuda"), settings)
    assert not settings.runs.exists()


def test_data_that_are_missing_are_named_alone(settings: Settings) -> None:
    check_data(CONFIG, settings)
    with pytest.raises(DataMissing, match="Pen digits"):
        check_data(CONFIG.replace(data="mnist+sklearn+pen"), settings)


def test_a_start_of_another_kind_is_refused(settings: Settings, make_run: MakeRun) -> None:
    other = make_run(model="cnn-small")
    with pytest.raises(BadConfig, match=f"start_from is '{other.id}'; it is a cnn-small") as caught:
        find_start(CONFIG.replace(start_from=other.id), settings)
    assert caught.value.field == "start_from"


def test_a_start_of_the_same_shapes_fits_another_architecture(settings: Settings, make_run: MakeRun) -> None:
    deep = make_run(model="cnn-deep")
    assert find_start(CONFIG.replace(model="cnn-views", start_from=deep.id), settings).id == deep.id


def test_teachers_are_found_where_an_epoch_learns_from_them(settings: Settings, make_run: MakeRun) -> None:
    one, two = make_run(model="cnn-small"), make_run(validation_share=0.3, data="mnist")
    config = CONFIG.replace(epochs=2, distillation_epochs=1, teachers=f"{one.id}+{two.id}")
    assert [teacher.id for teacher in find_teachers(config, settings)] == [one.id, two.id]
    assert find_teachers(config.replace(distillation_epochs=0), settings) == []


def test_a_teacher_that_is_still_learning_or_has_learned_what_is_held_out_is_refused(
    settings: Settings, make_run: MakeRun
) -> None:
    young, other = make_run(), make_run(validation_share=0.3)
    young.write_status(Status(State.STOPPED))
    config = CONFIG.replace(epochs=2, distillation_epochs=1)
    with pytest.raises(BadConfig, match=f"the training of {young.id} is not done") as caught:
        check_config(config.replace(teachers=young.id), settings)
    assert caught.value.field == "teachers"
    with pytest.raises(BadConfig, match=r"images that are held out here: choose its validation share, 0\.3"):
        check_config(config.replace(teachers=other.id), settings)
    check_config(config.replace(teachers=other.id, validation_share=0.3), settings)
    start = make_run(validation_share=0.3)
    check_config(config.replace(teachers=other.id, start_from=start.id), settings)


def test_a_started_run_is_in_line_and_has_a_process(settings: Settings, spawned: list[str]) -> None:
    run = start_job(CONFIG, settings)
    assert spawned == [run.id]
    assert list(Queue(settings.runs, 1).waiting()) == [run.id]
    assert (run.state, run.config) == (State.QUEUED, CONFIG)


def test_a_started_run_has_the_facts_that_it_is_given_beside_its_owner(settings: Settings) -> None:
    pupil = Visitor(Role.PUPIL, "b" * 32)
    run = start_job(CONFIG, settings, pupil, facts={"sweep.json": {"trial": 3}})
    assert read_json(run.folder / "sweep.json") == {"trial": 3}
    assert owner_of(run) == pupil.id


@pytest.mark.parametrize("state", [State.STOPPED, State.FAILED, State.RUNNING])
def test_a_run_that_ended_before_its_time_is_resumed(
    state: State, settings: Settings, spawned: list[str], make_run: MakeRun
) -> None:
    run = make_run()
    run.write_status(Status(state, epoch=2, updated=now()))
    resume_job(run, settings)
    assert spawned == [run.id]
    assert (run.state, run.status.epoch) == (State.QUEUED, 2)
    assert read_command(run) is Command.RUN
    assert list(Queue(settings.runs, 1).waiting()) == [run.id]


def test_a_paused_run_goes_on_in_its_own_process(
    settings: Settings, spawned: list[str], make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    run.write_status(Status(State.PAUSED, updated=now()))
    monkeypatch.setattr(start, "_HEARING", 0.0)
    with run.lock():
        resume_job(run, settings)
        assert run.state is State.PAUSED
    assert read_command(run) is Command.RUN
    assert spawned == []


def test_a_paused_run_whose_process_dies_just_then_gets_another(
    settings: Settings, spawned: list[str], make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed process holds its lock until the system has taken it apart: it dies only after the state was asked."""
    run = make_run()
    run.write_status(Status(State.PAUSED, updated=now()))
    code = (
        "import sys; from pathlib import Path; from digitlab.runs.run import Run\n"
        "with Run(Path(sys.argv[1])).lock(): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(run.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert run.state is State.PAUSED

        def write_and_kill(run: Run, command: Command) -> None:
            write_command(run, command)
            holder.kill()

        monkeypatch.setattr(start, "write_command", write_and_kill)
        monkeypatch.setattr(start, "_HEARING", 3600.0)
        resume_job(run, settings)
    assert spawned == [run.id]
    assert run.status.state is State.QUEUED


def test_a_run_that_is_under_way_or_done_is_not_resumed(
    settings: Settings, spawned: list[str], make_run: MakeRun
) -> None:
    run = make_run()
    with pytest.raises(BadRun, match=r"is done; there is nothing to resume\. Clone it to train again\."):
        resume_job(run, settings)
    run.write_status(Status(State.RUNNING, updated=now()))
    with run.lock(), pytest.raises(BadRun, match="is running; there is nothing to resume"):
        resume_job(run, settings)
    assert spawned == []


def test_a_checkpoint_is_not_resumed(
    settings: Settings, spawned: list[str], make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "checkpoints")
    run = make_run(tmp_path / "checkpoints")
    run.write_status(Status(State.STOPPED))
    before = {path: path.read_bytes() for path in run.folder.rglob("*")}
    with pytest.raises(BadRun) as caught:
        resume_job(run, settings)
    assert str(caught.value).startswith(f"{run.id} ships with digitlab and stays as it is.")
    assert "\n" not in str(caught.value)
    assert {path: path.read_bytes() for path in run.folder.rglob("*")} == before
    assert spawned == []


def _stop(run: Run) -> None:
    stop_job(run, Settings.from_environment())


@pytest.mark.parametrize("ask", [pause_job, _stop])
def test_a_run_without_a_process_cannot_be_asked_for_anything(ask: Callable[[Run], None], make_run: MakeRun) -> None:
    run = make_run()
    with pytest.raises(BadRun, match="is done; there is no process to"):
        ask(run)
    assert not (run.folder / "control").exists()


@pytest.mark.parametrize(("ask", "command"), [(pause_job, Command.PAUSE), (_stop, Command.STOP)])
def test_a_run_under_way_is_asked_by_its_control_file(
    ask: Callable[[Run], None], command: Command, make_run: MakeRun
) -> None:
    run = make_run()
    run.write_status(Status(State.RUNNING, updated=now()))
    with run.lock():
        ask(run)
    assert read_command(run) is command


def test_a_full_queue_refuses_another_run(
    settings: Settings, spawned: list[str], make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "MOST_WAITING", 2)
    stopped = make_run()
    stopped.write_status(Status(State.STOPPED))
    waiting = [start_job(CONFIG, settings) for _ in range(2)]
    for attempt in (lambda: start_job(CONFIG, settings), lambda: resume_job(stopped, settings)):
        with pytest.raises(QueueFull, match="2 runs wait for a slot already"):
            attempt()
    assert spawned == [run.id for run in waiting]
    assert stopped.state is State.STOPPED
    assert len([path for path in settings.runs.iterdir() if path.name != ".queue"]) == 3


ANNA, BO = Visitor(Role.PUPIL, "a" * 32), Visitor(Role.PUPIL, "b" * 32)
TEACHER = Visitor(Role.TEACHER, "c" * 32)


@pytest.fixture
def room(settings: Settings) -> Settings:
    """The settings of a class server, where a pupil has two runs, one of them unfinished."""
    return replace(settings, classroom=Classroom("class-code", "teacher-code", Quotas(runs=1, all_runs=2)))


def test_a_pupil_starts_one_run_at_a_time_and_others_start_theirs(room: Settings) -> None:
    first = start_job(CONFIG, room, ANNA)
    assert owner_of(first) == ANNA.id
    with pytest.raises(NotAllowed, match="You have 1 unfinished run;"):
        start_job(CONFIG, room, ANNA)
    start_job(CONFIG, room, BO)
    start_job(CONFIG, room, TEACHER)
    start_job(CONFIG, room, TEACHER)
    first.mark(State.DONE)
    start_job(CONFIG, room, ANNA).mark(State.DONE)
    with pytest.raises(NotAllowed, match="You have 2 runs"):
        start_job(CONFIG, room, ANNA)
    with pytest.raises(NotAllowed, match="You have 2 runs"):
        check_upload(ANNA, room)
    check_upload(BO, room)


def test_two_tabs_of_a_pupil_do_not_start_two_runs(room: Settings) -> None:
    def one_more(_number: int) -> bool:
        try:
            start_job(CONFIG, room, ANNA)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(4) as tabs:
        assert sum(tabs.map(one_more, range(4))) == 1


def test_two_tabs_of_a_pupil_do_not_bring_along_more_runs_than_are_kept(room: Settings, make_run: MakeRun) -> None:
    packed = pack_run(make_run(room.runs, model="softmax"))

    def one_more(_number: int) -> bool:
        check_upload(ANNA, room)
        together.wait(20)  # each has found room by now
        try:
            unpack_run(packed, room.runs, ANNA.hand, room_for_upload(ANNA, room))
        except NotAllowed:
            return False
        return True

    together = Barrier(4)
    with ThreadPoolExecutor(4) as tabs:
        assert sum(tabs.map(one_more, range(4))) == 2
    assert len(Catalogue(room).runs()) == 3


def test_resuming_counts_like_starting(room: Settings) -> None:
    stopped = start_job(CONFIG, room, ANNA)
    stopped.mark(State.STOPPED)
    start_job(CONFIG, room, ANNA)
    with pytest.raises(NotAllowed, match="unfinished"):
        resume_job(stopped, room, ANNA)
    assert stopped.state is State.STOPPED


def test_a_pupil_stops_only_runs_of_their_own(room: Settings) -> None:
    run = start_job(CONFIG, room, ANNA)
    for ask in (lambda: stop_job(run, room, BO), lambda: pause_job(run, BO), lambda: resume_job(run, room, BO)):
        with pytest.raises(NotAllowed):
            ask()
    assert read_command(run) is Command.RUN
    stop_job(run, room, TEACHER)
    assert read_command(run) is Command.STOP


def test_a_pupil_trains_on_drawings_of_their_own(room: Settings) -> None:
    for number in range(3):
        add_drawing(room.of(ANNA.hand).drawings, Drawing(ink=[[[60.0, 60.0], [200.0, 60.0 + number]]]), 7, "anna")
    with pytest.raises(DataMissing):
        start_job(CONFIG.replace(data="mine"), room, BO)
    run = start_job(CONFIG.replace(data="mine"), room, ANNA)
    assert ANNA.id not in (run.folder / "config.json").read_text()


def test_a_job_is_told_no_code(
    room: Settings, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    given: list[dict[str, str]] = []
    monkeypatch.setenv("DIGITLAB_TEACHER_CODE", "teacher-code")
    monkeypatch.setenv("DIGITLAB_SHARED", "class")
    monkeypatch.setattr(launcher.subprocess, "Popen", lambda *_args, env, **_how: given.append(env))
    launcher_of(room).start(make_run(tmp_path / "runs"))
    assert not {"DIGITLAB_SHARED", "DIGITLAB_CODE", "DIGITLAB_TEACHER_CODE", "DIGITLAB_SECRET"} & set(given[0])
    assert "DIGITLAB_RUNS" in given[0]


def test_the_job_of_a_pupils_run_reads_the_pupils_drawings(room: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Settings] = []
    monkeypatch.setattr(worker, "_wait_and_work", lambda _run, settings: given.append(settings) or 0)
    for visitor in (ANNA, TEACHER):
        assert worker.main(start_job(CONFIG, room, visitor).folder) == 0
    assert [one.drawings for one in given] == [room.data / "mine" / ANNA.id, room.data]


def test_a_job_whose_owner_is_damaged_trains_on_nobodys_drawings(
    room: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(worker, "_wait_and_work", lambda *_: pytest.fail("It went on."))
    run = start_job(CONFIG, room, ANNA)
    (run.folder / "owner.json").write_text('{"visitor": "../../etc"}')
    assert worker.main(run.folder) == 2
    assert "names no visitor" in capsys.readouterr().err


def test_pupils_leave_places_in_line_to_the_teacher(
    room: Settings, spawned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "MOST_WAITING", start.KEPT + 2)
    for number in range(2):
        start_job(CONFIG, room, Visitor(Role.PUPIL, f"{number:032x}"))
    with pytest.raises(QueueFull, match="2 runs wait"):
        start_job(CONFIG, room, ANNA)
    for _ in range(start.KEPT):
        start_job(CONFIG, room, TEACHER)
    with pytest.raises(QueueFull):
        start_job(CONFIG, room, TEACHER)
    assert len(spawned) == start.KEPT + 2
