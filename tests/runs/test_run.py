import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

import digitlab.settings
from digitlab.config import TrainConfig
from digitlab.errors import BadRun, NotSaved
from digitlab.runs import run as run_module
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import CHECKPOINT_NAME, RUN_ID, Run, new_run_id, now, open_run
from digitlab.runs.status import State, Status
from digitlab.settings import Settings

FOREIGN_NAMES = [
    "",
    ".",
    "..",
    "../x",
    "/etc",
    "a/b",
    "a\\b",
    "x\0y",
    "20260101-000000-cnn-abcdef\n",
    "-",
    "CNN",
    "a b",
]


def an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.create(tmp_path / "runs", TrainConfig(name="mine"))


@pytest.fixture
def hold_lock() -> Iterator[Callable[[Run], subprocess.Popen[str]]]:
    """Starts a process that holds a run's lock until it is killed."""
    holders: list[subprocess.Popen[str]] = []

    def hold(run: Run) -> subprocess.Popen[str]:
        code = (
            "import sys; from pathlib import Path; from digitlab.runs.run import Run\n"
            "with Run(Path(sys.argv[1])).lock(): print('held', flush=True); sys.stdin.read()"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", code, str(run.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        return holder

    yield hold
    for holder in holders:
        holder.kill()
        holder.communicate()


def test_a_new_run_is_queued_and_holds_its_config(run: Run) -> None:
    assert RUN_ID.fullmatch(run.id)
    assert run.config == TrainConfig(name="mine")
    assert run.status.state is State.QUEUED
    assert sorted(path.name for path in run.folder.iterdir()) == ["config.json", "status.json"]
    assert [path.name for path in run.folder.parent.iterdir()] == [run.id]


def test_ids_match_the_pattern_and_never_repeat() -> None:
    ids = [new_run_id("cnn-small") for _ in range(200)]
    assert all(RUN_ID.fullmatch(run_id) for run_id in ids)
    assert len(set(ids)) == 200


@pytest.mark.parametrize("name", [*FOREIGN_NAMES, "٠" * 8 + "-000000-cnn-abcdef", "20260101-000000--abcdef"])
def test_nothing_else_matches_the_pattern(name: str) -> None:
    assert not RUN_ID.fullmatch(name)


@pytest.mark.parametrize("name", [*FOREIGN_NAMES, "cnn-", "-cnn", "cnn--mnist", "1cnn", ".cnn"])
def test_checkpoint_names_are_plain(name: str) -> None:
    assert not CHECKPOINT_NAME.fullmatch(name)
    assert CHECKPOINT_NAME.fullmatch("cnn-mnist")


@pytest.mark.parametrize("folder", [".", "below"])
def test_a_folder_that_cannot_hold_runs_is_named(folder: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSaved, match=r"cannot be written: .* Name another folder by DIGITLAB_RUNS"):
        Run.create(tmp_path / "file" / folder, TrainConfig())


def test_a_run_is_a_checkpoint_when_it_lies_in_their_folder(
    run: Run, checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = Run.create(checkpoints, TrainConfig())
    assert shipped.is_checkpoint
    assert not run.is_checkpoint
    assert not Run(shipped.folder / "deeper").is_checkpoint
    (tmp_path / "link").symlink_to(checkpoints)
    assert Run(tmp_path / "link" / shipped.id).is_checkpoint
    monkeypatch.chdir(tmp_path)
    assert Run(Path("checkpoints") / shipped.id).is_checkpoint
    monkeypatch.setattr(digitlab.settings, "CHECKPOINTS", run.folder.parent)
    assert run.is_checkpoint
    assert not shipped.is_checkpoint


def test_a_checkpoint_may_not_be_changed(run: Run, checkpoints: Path) -> None:
    run.check_changeable()
    shipped = Run.create(checkpoints, TrainConfig())
    with pytest.raises(BadRun, match=f"^{shipped.id} ships with digitlab and stays as it is. Clone it"):
        shipped.check_changeable()


def test_an_unfinished_run_without_a_process_is_interrupted(run: Run) -> None:
    run.write_status(Status(State.RUNNING, updated=now()))
    assert run.state is State.INTERRUPTED
    assert run.status.state is State.RUNNING


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.PAUSED])
def test_an_unfinished_run_with_a_living_process_is_in_its_state(
    state: State, run: Run, hold_lock: Callable[[Run], subprocess.Popen[str]]
) -> None:
    run.write_status(Status(state, updated=an_hour_ago()))
    assert run.state is State.INTERRUPTED
    holder = hold_lock(run)
    assert run.is_locked()
    assert run.state is state
    holder.kill()
    holder.wait()
    assert run.state is State.INTERRUPTED


@pytest.mark.parametrize(
    ("seen", "written", "is_held"), [(State.RUNNING, State.DONE, False), (State.QUEUED, State.RUNNING, True)]
)
def test_a_run_whose_process_ends_or_begins_between_two_looks_is_not_called_interrupted(
    seen: State, written: State, is_held: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.write_status(Status(seen, updated=an_hour_ago()))
    looks = iter([False, is_held])

    def look(_run: Run) -> bool:
        run.write_status(Status(written, updated=now()))
        return next(looks)

    monkeypatch.setattr(Run, "is_locked", look)
    assert run.state is written


def test_a_run_that_was_just_queued_may_still_be_starting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "_STARTING", 3600.0)
    assert run.state is State.QUEUED
    monkeypatch.setattr(run_module, "_STARTING", 0.0)
    assert run.state is State.INTERRUPTED


def test_a_queued_run_whose_process_is_expected_waits_however_long(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.write_status(Status(State.QUEUED, updated="2020-01-01T00:00:00+00:00"))
    assert run.state is State.INTERRUPTED
    run.expect()
    assert run.state is State.QUEUED
    monkeypatch.setattr(run_module, "_STARTING", 0.0)
    assert run.state is State.INTERRUPTED
    run.write_status(Status(State.RUNNING))
    monkeypatch.setattr(run_module, "_STARTING", 3600.0)
    assert run.state is State.INTERRUPTED


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Sets the clock of runs to so much from now."""

    def set_to(ahead: timedelta) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + ahead

        monkeypatch.setattr(run_module, "datetime", Clock)

    return set_to


@pytest.mark.parametrize("hours", [-30, -5, 5, 30])
def test_when_the_clock_is_set_a_run_does_not_stay_queued_for_hours(
    hours: int, run: Run, set_clock: Callable[[timedelta], None]
) -> None:
    set_clock(timedelta(hours=hours))
    assert run.state is State.INTERRUPTED


def test_a_clock_that_is_some_seconds_off_lets_a_run_start(run: Run, set_clock: Callable[[timedelta], None]) -> None:
    set_clock(timedelta(seconds=-5))
    assert run.state is State.QUEUED


def test_runs_are_listed_in_the_order_in_which_they_were_made_whatever_the_clock_says(
    tmp_path: Path, set_clock: Callable[[timedelta], None]
) -> None:
    made = []
    for hours in (0, 0, 5, 0, -30, -30, 1):
        set_clock(timedelta(hours=hours))
        made.append(Run.create(tmp_path / "runs", TrainConfig(model="softmax" if hours else "cnn")).id)
    assert sorted(made) == made
    listed = [run.id for run in Catalogue(Settings(tmp_path, tmp_path / "runs")).runs()]
    assert listed == made[::-1]


@pytest.mark.parametrize("foreign", ["99991231-235959-cnn-abcdef", "20269999-999999-cnn-abcdef"])
def test_an_id_from_a_far_future_changes_no_other(foreign: str, tmp_path: Path) -> None:
    (tmp_path / foreign).mkdir()
    assert new_run_id("cnn", tmp_path)[:8] in {f"{datetime.now(UTC) + timedelta(seconds=s):%Y%m%d}" for s in (0, -60)}


def test_a_queued_run_without_a_time_is_interrupted(run: Run) -> None:
    run.write_status(Status(State.QUEUED, updated=""))
    assert run.state is State.INTERRUPTED


@pytest.mark.parametrize("state", [State.DONE, State.STOPPED, State.FAILED])
def test_a_finished_run_stays_in_its_state(state: State, run: Run) -> None:
    run.write_status(Status(state))
    assert run.state is state


def test_asking_for_the_state_of_a_run_without_lock_writes_nothing(run: Run) -> None:
    assert run.state
    assert not (run.folder / "lock").exists()


def test_a_lock_that_is_given_back_is_free(run: Run) -> None:
    with run.lock():
        assert run.is_locked()
    before = sorted(run.folder.iterdir())
    assert not run.is_locked()
    assert sorted(run.folder.iterdir()) == before


def many_ask(run: Run) -> set[bool]:
    """What eight threads hear that ask all at once, again and again, whether the run is alive."""
    threads, asks = 8, 200
    barrier = threading.Barrier(threads)

    def ask(_thread: int) -> set[bool]:
        barrier.wait()
        return {Run(run.folder).is_locked() for _ in range(asks)}

    with ThreadPoolExecutor(threads) as pool:
        return set().union(*pool.map(ask, range(threads)))


def test_however_many_ask_at_once_a_dead_run_is_dead(run: Run) -> None:
    with run.lock():
        pass
    assert (run.folder / "lock").exists()
    assert many_ask(run) == {False}


def test_however_many_ask_at_once_a_living_run_is_alive(
    run: Run, hold_lock: Callable[[Run], subprocess.Popen[str]]
) -> None:
    hold_lock(run)
    assert many_ask(run) == {True}


def test_a_status_comes_back_whole(run: Run) -> None:
    status = Status(State.DONE, epoch=2, seconds=0.5, created=now(), message="fine ✓")
    run.write_status(status)
    assert run.status == status


@pytest.mark.parametrize("name", ["config", "status"])
@pytest.mark.parametrize("content", ["", "{", "[]", "\0"])
def test_a_damaged_config_or_status_is_a_bad_run(name: str, content: str, run: Run) -> None:
    (run.folder / f"{name}.json").write_text(content)
    with pytest.raises(BadRun, match=rf"{name}\.json is damaged"):
        getattr(run, name)


def test_a_config_with_an_unknown_key_is_refused(run: Run) -> None:
    saved = {**run.config.to_dict(), "speed": 9}
    (run.folder / "config.json").write_text(json.dumps(saved))
    with pytest.raises(BadRun, match=r"config\.json is damaged or foreign: Unknown setting 'speed'\. Restore the file"):
        assert run.config


def test_results_are_empty_before_they_are_written(run: Run) -> None:
    assert run.results == {}
    run.write_results({"parameters": 3})
    assert run.results == {"parameters": 3}


def test_the_history_holds_epochs_and_the_records_steps_as_well(run: Run) -> None:
    run.append_history({"epoch": 1, "step": 4})
    run.append_history({"step": 6})
    run.append_history({"epoch": 2, "step": 8})
    assert [record["step"] for record in run.records] == [4, 6, 8]
    assert [record["epoch"] for record in run.history] == [1, 2]


def test_snapshots_are_listed_in_the_order_of_their_epochs(run: Run) -> None:
    run.snapshot(0).parent.mkdir()
    for epoch in (10, 2, 0):
        run.snapshot(epoch).touch()
    (run.folder / "snapshots" / ".0003.safetensors-x.part").touch()
    assert run.snapshots == [run.snapshot(0), run.snapshot(2), run.snapshot(10)]


def test_reserved_space_is_given_back(run: Run) -> None:
    before = sorted(run.folder.iterdir())
    run.reserve_space()
    assert len(list(run.folder.iterdir())) == len(before) + 1
    run.free_space()
    run.free_space()
    assert sorted(run.folder.iterdir()) == before


def test_the_log_is_given_by_its_last_lines(run: Run) -> None:
    assert run.read_log() == ""
    (run.folder / "train.log").write_bytes(b"".join(b"line %d\n" % n for n in range(100)) + b"\xff odd")
    assert run.read_log(3) == "line 98\nline 99\n\N{REPLACEMENT CHARACTER} odd"
    assert len(run.read_log().splitlines()) == 40
    (run.folder / "train.log").write_bytes(b"x" * 1_000_000)
    assert len(run.read_log()) < 100_000


def test_a_sweep_removes_what_a_killed_process_left_and_nothing_else(run: Run) -> None:
    run.snapshot(0).parent.mkdir()
    before = sorted(run.folder.rglob("*"))
    left = [".weights.safetensors-x.part", "snapshots/.0003.safetensors-x.part"]
    of_others = [".control-x.part", ".label.json-x.part"]
    for name in (*left, *of_others):
        (run.folder / name).touch()
    run.sweep()
    assert sorted(run.folder.rglob("*")) == sorted([*before, *(run.folder / name for name in of_others)])


def test_a_folder_without_a_config_is_no_run(tmp_path: Path, run: Run) -> None:
    assert open_run(run.folder).config == run.config
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadRun, match=r"is not a run: it has no config.json"):
            open_run(folder)


def test_a_status_cannot_be_changed_in_place(run: Run) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.status.epoch = 3  # type: ignore[misc]


def test_a_run_that_is_being_deleted_counts_as_gone_when_its_last_file_goes(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    monkeypatch.setattr("digitlab.runs.run.time.sleep", lambda _: None)
    assert not run.is_gone_soon()
    files = [run.folder / "config.json", run.folder / "lock"]
    files[1].touch()
    monkeypatch.setattr("digitlab.runs.run.time.sleep", lambda _: files.pop().unlink())
    assert run.is_gone_soon()
    run.write_status(Status(State.RUNNING))  # by a process that has not yet noticed
    assert run.is_gone
