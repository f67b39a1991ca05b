from pathlib import Path

import pytest

from digitlab.errors import BadRun
from digitlab.sweeps.journal import Ending, facts, read_facts, read_journal, tell_ending, tell_run, tell_setting

RUN = "20260101-000000-softmax-0000aa"


def test_what_is_told_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    assert read_journal(path) == []
    tell_setting(path, 2, {"learning_rate": 0.1, "model": "cnn", "batch_size": 32})
    tell_setting(path, 1, {"learning_rate": 0.2})
    tell_run(path, 2, 7, RUN)
    assert [trial.number for trial in read_journal(path)] == [1, 2]
    tell_ending(path, 2, Ending.FAILED, "Memory ran out.")
    second = read_journal(path)[1]
    assert second.setting == {"learning_rate": 0.1, "model": "cnn", "batch_size": 32}
    assert (second.runs, second.ending, second.reason) == ({7: RUN}, Ending.FAILED, "Memory ran out.")


def test_a_torn_line_is_dropped_and_a_foreign_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    tell_setting(path, 1, {"dropout": 0.5})
    with path.open("ab") as file:
        file.write(b'{"trial": 1, "end')
    assert read_journal(path)[0].ending is None
    tell_ending(path, 1, Ending.DONE)
    assert read_journal(path)[0].ending is Ending.DONE
    tell_run(path, 9, 1, RUN)  # of a trial whose line was lost
    assert len(read_journal(path)) == 1
    with path.open("ab") as file:
        file.write(b'{"trial": 1, "run": "../../etc", "seed": 1}\n')
    with pytest.raises(BadRun, match=r"run is '\.\./\.\./etc'; it must be a run id\. Delete the sweep"):
        read_journal(path)


def test_a_run_says_to_which_sweep_it_belongs() -> None:
    assert read_facts(facts("s", 3, 1)["sweep.json"]) == ("s", 3, 1)
    assert read_facts({"sweep": 3}) == ("", 0, 0)
    assert read_facts({"sweep": "s"}) == ("", 0, 0)
