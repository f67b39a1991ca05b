from pathlib import Path

from digitlab.sweeps.plan import Objective
from digitlab.sweeps.trials import read_trials
from digitlab.ui.sweeps.picks import MOST_COMPARED, runs_to_compare
from tests.sweeps.made_up import made_up_sweep


def test_of_many_picked_trials_the_six_best_are_compared(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in ("weights.safetensors", "results.json"):
        (folder / name).write_text("{}")
    tried = [({"learning_rate": 0.001 * (n + 1)}, [0.1 + (n * 7 % 9) / 10]) for n in range(9)]
    trials = read_trials(made_up_sweep(tmp_path / "runs", tried, weights_of=folder, most_runs=9))
    best_first = sorted(trials, key=lambda trial: trial.value(Objective.LOSS) or 0.0)
    found = runs_to_compare(trials, [trial.number for trial in trials], Objective.LOSS)
    assert [one.run.id for one in found] == [trial.runs[0].run.id for trial in best_first[:MOST_COMPARED]]
    best_first[0].runs[0].run.weights.unlink()
    found = runs_to_compare(trials, [trial.number for trial in trials], Objective.LOSS)
    assert [one.run.id for one in found] == [trial.runs[0].run.id for trial in best_first[1 : MOST_COMPARED + 1]]
