from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.runs.label import rename_run
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from tests.cli.conftest import Call

MakeRun = Callable[..., Run]

HEADER = ["RUN", "STATE", "MODEL", "DATA", "TEST", "ACCURACY"]


def test_without_runs_the_first_command_is_named(call: Call, tmp_path: Path) -> None:
    assert call("runs").out == "No run yet. Start one: digitlab train --preset quick\n"
    assert call("runs", "--json").json == {"runs": []}
    assert not (tmp_path / "runs").exists()


def test_every_run_has_a_line_under_the_header(make_run: MakeRun, call: Call) -> None:
    run = make_run()
    header, line = call("runs").out.splitlines()
    assert header.split() == HEADER
    assert line.split() == [run.id, "done", "softmax", "sklearn", "sklearn", "50.00", "%"]
    columns = [header.index(word) for word in ("STATE", "MODEL", "DATA", "TEST")]
    assert [line.index(word) for word in ("done", "softmax ", "sklearn ", "sklearn 50")] == columns


def test_checkpoints_come_first_then_the_newest_run(make_run: MakeRun, checkpoints: Path, call: Call) -> None:
    make_run(checkpoints).folder.rename(checkpoints / "softmax")
    old, new = make_run(), make_run()
    old = Run(old.folder.rename(old.folder.with_name("20250101-000000-softmax-abcdef")))
    assert [line.split()[0] for line in call("runs").out.splitlines()] == ["RUN", "softmax", new.id, old.id]


def test_json_holds_the_same(make_run: MakeRun, call: Call) -> None:
    run = make_run(name="mine", epochs=4)
    (row,) = call("runs", "--json").json["runs"]
    assert (row["run"], row["name"], row["state"], row["model"]) == (run.id, "mine", "done", "softmax")
    assert (row["epoch"], row["epochs"], row["accuracies"]) == (0, 4, {"sklearn": 0.5})
    rename_run(run, "my hand")
    assert call("runs", "--json").json["runs"][0]["name"] == "my hand"


def test_a_run_whose_process_is_gone_is_interrupted(make_run: MakeRun, call: Call) -> None:
    make_run().write_status(Status(State.RUNNING, updated=now()))
    assert call("runs", "--json").json["runs"][0]["state"] == "interrupted"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", '{"speed": 3}'),
        ("status.json", ""),
        ("status.json", '{"state": "flying"}'),
        ("status.json", '{"state": "done", "epoch": "x"}'),
        ("results.json", '{"test": []}'),
        ("results.json", '{"test": {"mnist": {"accuracy": "high"}}}'),
    ],
)
def test_a_damaged_run_is_listed_as_damaged_and_hides_no_other(
    file: str, content: str, make_run: MakeRun, call: Call
) -> None:
    good, damaged = make_run(), make_run()
    (damaged.folder / file).write_text(content)
    called = call("runs")
    assert called.code == 0
    rows = call("runs", "--json").json["runs"]
    states = {row["run"]: row["state"] for row in rows}
    assert states == {good.id: "done", damaged.id: "damaged"}
    assert all(bool(row["message"]) is (row["state"] == "damaged") for row in rows)
    assert [line.split()[1] for line in called.out.splitlines()] == ["STATE", *states.values()]
