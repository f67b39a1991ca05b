import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.config import TrainConfig
from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.sweeps.space import Range
from digitlab.sweeps.sweep import Sweep, sweeps
from digitlab.sweeps.undertaking import Undertaking
from tests.cli.conftest import Call
from tests.sweeps.conftest import use_jobs
from tests.sweeps.toy_jobs import ToyJobs

OVER = ("--over", "batch_size=32,64", "--over", "dropout=0.1,0.2")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A saved config."""
    path = tmp_path / "base.json"
    path.write_text(json.dumps(TrainConfig(model="softmax", data="sklearn", epochs=1).to_dict()))
    return path


@pytest.fixture(autouse=True)
def jobs(monkeypatch: pytest.MonkeyPatch) -> ToyJobs:
    """Jobs that are done as soon as they are started: a smaller batch is better, more dropout is worse."""
    monkeypatch.setattr("digitlab.sweeps.conductor.LOOK", 0.0)

    def learn(jobs: ToyJobs, run: Run) -> None:
        jobs.finish(run, run.config.batch_size / 64 + run.config.dropout + run.config.seed / 100)

    toys = ToyJobs(learn)
    use_jobs(toys, monkeypatch)
    return toys


def test_a_sweep_prints_what_was_best_and_how_each_trial_ended(call: Call, base: Path, jobs: ToyJobs) -> None:
    called = call("sweep", "--config", base, *OVER, "--method", "grid", "--at-once", 2, "--name", "mine")
    (sweep,) = sweeps(Settings.from_environment())
    assert called.code == 0
    head, best, *_, last = called.out.splitlines()
    assert head.split() == ["TRIAL", "LOSS", "ACCURACY", "SECONDS", "batch_size", "dropout", "RUNS"]
    winner = next(run for run in jobs.started if (run.config.batch_size, run.config.dropout) == (32, 0.1))
    assert best.split()[1:] == ["0.6000", "62.50", "%", "0.0", "32", "0.1", winner.id]
    assert last == sweep.id
    lines = called.err.splitlines()
    assert lines[0] == f"Sweep {sweep.id} in {sweep.folder}"
    assert len(lines) == 5
    assert f"trial {winner.config.name.split()[1]}/4: done, loss 0.6000" in lines
    assert {run.config.name for run in jobs.started} == {f"mine {number}" for number in (1, 2, 3, 4)}


def test_a_sweep_as_json_has_every_trial_and_run(call: Call, base: Path, jobs: ToyJobs) -> None:
    words = ("--seeds", 2, "--runs", 8, "--objective", "accuracy", "--no-prune", "--json")
    found = call("sweep", "--config", base, *OVER, *words).json
    assert (found["state"], len(found["trials"])) == ("done", 4)
    best = found["trials"][found["best"] - 1]
    assert best["setting"] == {"batch_size": 32, "dropout": 0.1}
    assert [run["seed"] for run in best["runs"]] == [0, 1]
    assert best["loss"] == pytest.approx(0.605)
    assert found["importance"] == {}  # too few to say
    assert len(jobs.started) == 8


def test_a_sweep_that_is_stopped_from_the_keyboard_says_how_to_go_on(
    call: Call, base: Path, jobs: ToyJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Undertaking.look

    def look_and_press(self: Undertaking) -> bool:
        look(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Undertaking, "look", look_and_press)
        called = call("sweep", "--config", base, *OVER, "--runs", 4)
    (sweep,) = sweeps(Settings.from_environment())
    assert called.code == 130
    assert called.err.splitlines()[1:] == [f"Go on with: digitlab sweep --resume {sweep.id}", "", "Stopped."]
    again = call("sweep", "--resume", sweep.id)
    assert (again.code, len(jobs.started), again.out.splitlines()[-1]) == (0, 4, sweep.id)


def test_the_options_are_the_plan(call: Call, base: Path) -> None:
    words = ("--minutes", 90, "--seed", 7, "--seeds", 2, "--method", "tpe", "--at-once", 3, "--no-prune")
    call("sweep", "--config", base, "--over", "learning-rate=0.01..0.1:log", "--runs", 2, *words)
    (sweep,) = sweeps(Settings.from_environment())
    plan = sweep.plan
    assert (plan.most_seconds, plan.seed, plan.seeds, plan.method) == (5400.0, 7, 2, "tpe")
    assert (plan.at_once, plan.prune, plan.most_runs, plan.objective) == (3, False, 2, "loss")
    assert plan.space == {"learning_rate": Range(0.01, 0.1, log=True)}


def test_sweeps_are_listed(call: Call, base: Path) -> None:
    assert call("sweep", "--list").out.startswith("No sweep yet. Start one: digitlab sweep --preset quick")
    call("sweep", "--config", base, *OVER, "--runs", 2)
    (sweep,) = sweeps(Settings.from_environment())
    line = call("sweep", "--list").out.splitlines()[1]
    assert line.split()[:4] == [sweep.id, "done", "random", "2"]
    (row,) = call("sweep", "--list", "--json").json["sweeps"]
    assert (row["sweep"], row["trials"], row["method"]) == (sweep.id, 2, "random")
    (sweep.folder / "plan.json").write_text("{")
    assert call("sweep", "--list").out.splitlines()[1].split()[1] == "damaged"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "There is nothing to try. Name settings and values: --over batch_size=32,64"),
        (("--over", "batch_size"), "--over is 'batch_size'; write SETTING=VALUES"),
        (("--over", "colour=1"), "Unknown setting 'colour'"),
        (("--over", "dropout=0.1,0.2", "--over", "dropout=0.3"), "dropout is tried already"),
        (("--over", "dropout=0.1,0.2"), "the method random never ends by itself"),
        (("--over", "dropout=0..0.5", "--method", "grid"), "a grid needs a number of points"),
        (("--over", "dropout=0..2", "--runs", "3"), "dropout is 2.0; choose a number from 0 to 0.95"),
        (("--over", "model=softmax,nosuch", "--runs", "3"), "There is no model 'nosuch'"),
        (("--over", "dropout=0.1", "--runs", "3", "--method", "luck"), "method is 'luck'"),
        (("--preset", "quick", "--config", "x"), "There is nothing to try"),
        (("--resume", "20260101-000000-aaaaaa"), "There is no sweep '20260101-000000-aaaaaa'"),
        (("--resume", "../.."), "There is no sweep"),
    ],
)
def test_bad_input_is_one_line(words: tuple[str, ...], said: str, refuse: Callable[..., str]) -> None:
    assert said in refuse("sweep", *words)


def test_a_sweep_goes_on_only_with_its_own_plan_and_when_it_is_not_done(
    call: Call, base: Path, refuse: Callable[..., str]
) -> None:
    call("sweep", "--config", base, *OVER, "--runs", 2)
    (sweep,) = sweeps(Settings.from_environment())
    assert "Give --resume alone" in refuse("sweep", "--resume", sweep.id, *OVER)
    assert "is done; there is nothing to resume" in refuse("sweep", "--resume", sweep.id)


def test_a_sweep_that_another_process_conducts_is_left_to_it(
    call: Call, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.cli.sweep._PATIENCE", 0.0)
    monkeypatch.setattr("digitlab.sweeps.start.prepare_to_resume", lambda _sweep: None)
    call("sweep", "--config", base, *OVER, "--runs", 2)
    (sweep,) = sweeps(Settings.from_environment())
    with Sweep(sweep.folder).lock():
        called = call("sweep", "--resume", sweep.id)
    assert (called.code, called.err) == (
        2,
        f"Error: The sweep {sweep.id} is under way in another process.\n",
    )


def test_without_optuna_the_remedy_is_said(
    base: Path, refuse: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert 'pip install ".[cluster]"' in refuse("sweep", "--config", base, *OVER, "--runs", 4)
