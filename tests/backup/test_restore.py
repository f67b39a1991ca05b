"""How a sweep with its runs comes back from a backup."""

import shutil
from pathlib import Path

import pytest

from digitlab.backup import restore as module
from digitlab.backup.back_up import back_up
from digitlab.backup.restore import BadBackup, restore
from digitlab.config import TrainConfig
from digitlab.errors import NotSaved
from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.sweeps.conductor import conduct
from digitlab.sweeps.plan import Method, SweepPlan
from digitlab.sweeps.space import Choice
from digitlab.sweeps.start import prepare_to_resume, runs_of
from digitlab.sweeps.sweep import Sweep, SweepState, sweeps
from digitlab.sweeps.undertaking import Undertaking
from tests.backup.test_back_up import changed
from tests.sweeps.conftest import use_jobs
from tests.sweeps.toy_jobs import ToyJobs

PLAN = SweepPlan(
    base=TrainConfig(model="softmax", data="sklearn", epochs=2),
    space={"batch_size": Choice((32, 64, 96))},
    method=Method.GRID,
    at_once=2,
)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> ToyJobs:
    toys = ToyJobs()
    use_jobs(toys, monkeypatch)
    return toys


@pytest.fixture
def sweep(settings: Settings, jobs: ToyJobs) -> Sweep:
    """A sweep of three runs, as `kill -9` of all left it: one has ended, one is in mid-run, one has not begun."""
    sweep = Sweep.create(settings.runs, PLAN)
    with sweep.lock():
        sweep.mark(SweepState.RUNNING)
        undertaking = Undertaking(sweep, settings)
        undertaking.look()
        jobs.finish(jobs.started[0], 0.25, 0.125)
        jobs.epoch(jobs.started[1], 0.5)
    jobs.let_go(jobs.started[1])
    return sweep


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("lock", "control")
    }


def batch_sizes(runs: list[Run]) -> set[int]:
    return {run.config.batch_size for run in runs}


def test_a_sweep_that_was_under_way_comes_back_and_goes_on_with_the_runs_that_it_had(
    sweep: Sweep,
    settings: Settings,
    elsewhere: Settings,
    jobs: ToyJobs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = back_up(tmp_path / "backup.zip", settings)
    assert (made.runs, made.sweeps, made.left_out) == (2, 1, {})
    found = restore(made.file, elsewhere)
    assert (found.sweeps, sorted(found.restored)) == ([sweep.id], sorted(run.id for run in jobs.started))
    (restored,) = sweeps(elsewhere)
    assert (restored.state, restored.status.message[:8]) == (SweepState.STOPPED, "Restored")
    assert restored.plan == sweep.plan
    same = ("trials.jsonl", "study.log", "plan.json")
    assert [(restored.folder / name).read_bytes() for name in same] == [
        (sweep.folder / name).read_bytes() for name in same
    ]
    there = ToyJobs(lambda jobs, run: jobs.finish(run, 0.5))
    use_jobs(there, monkeypatch)
    prepare_to_resume(restored)
    assert conduct(restored, elsewhere, pace=0.0) is SweepState.DONE
    assert [run.id for run in there.resumed] == [jobs.started[1].id]
    assert len(there.started) == 1
    assert batch_sizes(runs_of(restored)) == {32, 64, 96}


def test_a_sweep_that_is_here_stays_as_it_is_and_is_named(sweep: Sweep, settings: Settings, tmp_path: Path) -> None:
    made = back_up(tmp_path / "backup.zip", settings)
    assert restore(made.file, settings).sweeps_already_here == [sweep.id]
    sweep.mark(SweepState.STOPPED, "Since then.")
    before = files_of(settings.runs)
    found = restore(made.file, settings)
    assert (found.sweeps, found.sweeps_already_here, found.sweeps_different) == ([], [], [sweep.id])
    assert files_of(settings.runs) == before


def test_a_deleted_sweep_comes_back_to_its_runs(sweep: Sweep, settings: Settings, tmp_path: Path) -> None:
    made = back_up(tmp_path / "backup.zip", settings)
    runs = [run.id for run in runs_of(sweep)]
    shutil.rmtree(sweep.folder)
    assert restore(made.file, settings).sweeps == [sweep.id]
    assert [run.id for run in runs_of(sweep)] == runs


@pytest.mark.parametrize("name", ["plan.json", "status.json"])
def test_a_damaged_sweep_is_left_out_and_its_runs_are_not(
    name: str, sweep: Sweep, settings: Settings, tmp_path: Path
) -> None:
    (sweep.folder / name).write_bytes(b"damaged")
    made = back_up(tmp_path / "backup.zip", settings)
    assert (made.runs, made.sweeps, list(made.left_out)) == (2, 0, [sweep.id])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("plan.json", b'{"base": {"epochs": -1}}', r"in the backup cannot be used: .*plan\.json"),
        ("status.json", b'{"state": "tired"}', "in the backup cannot be used: .*state"),
        ("trials.jsonl", b'{"trial": 1, "run": "../../evil"}\n', "in the backup cannot be used: .*run"),
        ("lock", b"", "lock.*, which no backup does"),
        ("control", b"run", "control.*, which no backup does"),
    ],
)
def test_a_foreign_sweep_is_refused_with_all_that_comes_with_it(
    name: str, content: bytes, words: str, sweep: Sweep, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[f"sweeps/{sweep.id}/{name}"] = content

    bad = changed(back_up(tmp_path / "backup.zip", settings).file, change)
    with pytest.raises(BadBackup, match=words):
        restore(bad, elsewhere)
    assert not list(elsewhere.runs.glob("[!.]*"))
    assert sweeps(elsewhere) == []


def test_when_the_runs_do_not_fit_no_sweep_comes_either(
    sweep: Sweep, settings: Settings, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, move = back_up(tmp_path / "backup.zip", settings), module.move_folder

    def move_no_run(folder: Path, target: Path) -> Path:
        if sweeps(elsewhere) and target.parent == elsewhere.runs:
            raise NotSaved("There is no room.")
        return move(folder, target)

    monkeypatch.setattr(module, "move_folder", move_no_run)
    with pytest.raises(NotSaved, match="no room"):
        restore(made.file, elsewhere)
    assert sweeps(elsewhere) == []
