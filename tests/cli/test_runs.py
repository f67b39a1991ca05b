from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status


def test_without_runs_the_first_command_is_told(call: Callable, tmp_path: Path) -> None:
    assert call("runs").out.startswith("No run yet. Start one: python -m digitlab train")
    assert call("runs", "--json").json == {"runs": []}
    assert not (tmp_path / "runs").exists()


def test_every_run_has_a_line_with_its_state_and_accuracy(make_run: Callable[..., Run], call: Callable) -> None:
    run = make_run()
    line = call("runs").out.splitlines()[0]
    for word in (run.id, "done", "softmax", "sklearn", "sklearn 50.00 %"):
        assert word in line


def test_json_tells_the_same(make_run: Callable[..., Run], call: Callable) -> None:
    run = make_run(name="mine", epochs=4)
    (row,) = call("runs", "--json").json["runs"]
    assert (row["run"], row["name"], row["state"], row["model"]) == (run.id, "mine", "done", "softmax")
    assert (row["epoch"], row["epochs"], row["accuracies"]) == (0, 4, {"sklearn": 0.5})


def test_a_run_whose_process_is_gone_is_interrupted(make_run: Callable[..., Run], call: Callable) -> None:
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
    file: str, content: str, make_run: Callable[..., Run], call: Callable
) -> None:
    good, damaged = make_run(), make_run()
    (damaged.folder / file).write_text(content)
    called = call("runs")
    assert called.code == 0
    states = {row["run"]: row["state"] for row in call("runs", "--json").json["runs"]}
    assert states == {good.id: "done", damaged.id: "damaged"}
    assert {line.split()[0] for line in called.out.splitlines()} == states.keys()
