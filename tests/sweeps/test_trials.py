import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.config import TrainConfig
from digitlab.runs.label import rename_run
from digitlab.runs.run import Run
from digitlab.runs.status import State
from digitlab.settings import Settings
from digitlab.sweeps import trials as module
from digitlab.sweeps.journal import Ending, tell_ending, tell_setting
from digitlab.sweeps.plan import Objective
from digitlab.sweeps.sweep import Sweep
from digitlab.sweeps.trials import DAMAGED, DELETED, chosen_values, read_trials

MakeSweep = Callable[..., Sweep]
SETTING = {"learning_rate": 0.01, "batch_size": 32}


def test_the_table_says_what_each_trial_came_to(make_sweep: MakeSweep) -> None:
    sweep = make_sweep([(SETTING, (0.25, 0.75)), ({**SETTING, "batch_size": 64}, (0.5, 0.5))], seconds=(2.0, 4.0))
    tell_setting(sweep.journal, 3, SETTING)
    first, second, third = read_trials(sweep)
    assert (first.number, first.setting, first.is_done) == (1, SETTING, True)
    assert [one.seed for one in first.runs] == [0, 1]
    run = first.runs[0]
    assert (run.state, run.title, run.epoch, run.epochs) == ("done", "sweep 1, seed 0", 2, 2)
    assert (run.loss, run.accuracy, run.seconds) == (0.25, 0.75, 2.0)
    assert (first.value(Objective.LOSS), second.value(Objective.ACCURACY)) == (0.5, 0.5)
    assert (run.value(Objective.LOSS), run.value(Objective.ACCURACY)) == (0.25, 0.75)
    assert (first.seconds, second.seconds) == (2.0, 4.0)
    assert (third.runs, third.value(Objective.LOSS), third.seconds, third.ending) == ((), None, 0.0, None)


def test_a_run_that_was_deleted_or_damaged_keeps_its_place_in_the_table(make_sweep: MakeSweep) -> None:
    sweep = make_sweep([(SETTING, (0.25, 0.75))])
    gone, damaged = read_trials(sweep)[0].runs
    shutil.rmtree(gone.run.folder)
    (damaged.run.folder / "status.json").write_text("{}")
    tell_ending(sweep.journal, 1, Ending.FAILED, "somebody deleted a run")
    (trial,) = read_trials(sweep)
    assert [one.state for one in trial.runs] == [DELETED, DAMAGED]
    assert (trial.value(Objective.LOSS), trial.ending, trial.reason) == (
        None,
        Ending.FAILED,
        "somebody deleted a run",
    )


def test_what_counts_is_the_epoch_whose_weights_are_kept(settings: Settings, make_trained: Callable[..., Run]) -> None:
    config = TrainConfig(model="softmax", data="sklearn", epochs=3)
    run = make_trained(settings.runs, config, [(0.5, 0.9), (0.25, 0.8), (0.75, 0.95)])
    assert chosen_values(run, keep_last=False) == (0.25, 0.8)
    assert chosen_values(run, keep_last=True) == (0.75, 0.95)
    assert chosen_values(Run(settings.runs / "nothing"), keep_last=True) == (None, None)
    run.history_file.write_text('{"epoch": 1, "validation_loss": "low"}\n')
    assert chosen_values(run, keep_last=True) == (None, None)


def test_a_history_is_read_again_only_when_it_has_changed(
    make_sweep: MakeSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = make_sweep([(SETTING, (0.25,))])
    reads: list[Path] = []
    read = module.read_history
    monkeypatch.setattr(module, "read_history", lambda path: reads.append(path) or read(path))
    for _ in range(3):
        (trial,) = read_trials(sweep)
    assert len(reads) == 1
    trial.runs[0].run.append_history({"epoch": 3, "validation_loss": 0.125, "validation_accuracy": 1.0})
    assert read_trials(sweep)[0].value(Objective.LOSS) == 0.125
    assert len(reads) == 2


def test_a_run_that_has_ended_is_looked_at_again_only_when_it_has_changed(
    make_sweep: MakeSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = make_sweep([(SETTING, (0.25,)), ({**SETTING, "batch_size": 64}, (0.5,))])
    looks: list[str] = []
    look = module.read_entry
    monkeypatch.setattr(module, "read_entry", lambda run: looks.append(run.id) or look(run))
    first, second = (trial.runs[0].run for trial in read_trials(sweep))
    read_trials(sweep)
    assert looks == [first.id, second.id]
    rename_run(first, "The best")
    second.mark(State.RUNNING)
    for _ in range(2):
        trials = read_trials(sweep)
    assert [trial.runs[0].title for trial in trials] == ["The best", "sweep 2"]
    assert [trial.runs[0].state for trial in trials] == ["done", "interrupted"]
    assert looks[2:] == [first.id, second.id, second.id]
    shutil.rmtree(first.folder)
    assert read_trials(sweep)[0].runs[0].state == DELETED
