"""Whatever a run's files hold, every reader gives sensible values or one line."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitlab.errors import BadRun
from digitlab.figures.live_curves import live_table
from digitlab.figures.training import GRADIENT_NORM, PANELS, has_norm, points
from digitlab.reading.comparison import recorded_score
from digitlab.report.findings import describe_fit
from digitlab.runs import history, listing
from digitlab.runs.card import write_card
from digitlab.runs.history import history_so_far
from digitlab.runs.label import rename_run
from digitlab.runs.listing import Damaged, Entry, delete_run, read_entry
from digitlab.runs.run import Run, now
from digitlab.runs.scores import read_doubt
from digitlab.runs.status import State, Status
from digitlab.ui.train.cards import RunCard, card_html
from digitlab.ui.train.runs_table import rows
from digitlab.ui.train.states import line_of
from tests.conftest import FIGURES
from tests.runs.hostile import mutated

_FULL = {**FIGURES, "loss": 0.7, "per_class": {"3": 0.5}}
_RESULTS = {
    "parameters": 7850,
    "doubt": {"temperature": 1.5, "threshold": 0.5},
    "test": {"mnist": _FULL},
    "donors": {"mnist": {"apa": FIGURES}},
    "before": {"mnist": FIGURES},
}
_EPOCH = {
    **{"epoch": 1, "step": 10, "train_loss": 0.5, "train_accuracy": 0.9, "validation_loss": 0.6, "seconds": 1.5},
    **{"validation_accuracy": 0.8, "learning_rate": 0.01, "gradient_norm": 1.0, "weight_norm": 2.0},
}


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    """A finished run, with every JSON file that a run can have."""
    run = make_run(name="mine", epochs=2, start_from="cnn")
    rename_run(run, "my hand")
    run.write_results(_RESULTS)
    run.append_history({"step": 5, "train_loss": 0.8, "train_accuracy": 0.7, "learning_rate": 0.01})
    run.append_history(_EPOCH)
    times = {"created": now(), "started": now(), "updated": now(), "seconds": 2.0}
    run.write_status(Status(State.DONE, 1, 10, 20, **times, chosen_epoch=1, loss=0.5, accuracy=0.9, message="so"))
    return run


def look(run: Run) -> str:
    """Read the run as lists, cards, curves, findings and cards of checkpoints do: `read` or `damaged`."""
    entry = read_entry(run)
    if isinstance(entry, Damaged):
        assert entry.reason and entry.reason.isprintable() and len(entry.reason) < 700
        with pytest.raises(BadRun):
            assert all((run.config, run.status, run.results, run.records, rename_run(run, "x")))
        return "damaged"
    assert isinstance(entry, Entry)
    status, records = entry.status, run.records
    assert history_so_far(run.history_file) == records
    assert entry.title.isprintable() and len(entry.title) <= 80
    card_html(RunCard(entry.title, entry.config, State.RUNNING, "running", status, status.message)).encode()
    for panel in PANELS:
        assert all(math.isfinite(point.value) for point in points(panel, records, status.steps / 2))
    live_table(PANELS[0], {"a run": points(PANELS[0], records, status.steps / 2)}, 0.5)
    describe_fit(records, status.chosen_epoch)
    has_norm(records, GRADIENT_NORM)
    read_doubt(run)
    score = recorded_score(run.results, "mnist")
    assert score is None or score.in_words()
    write_card(run, "mine", "digitlab train").encode()
    return "read"


@pytest.mark.parametrize("name", ["config.json", "status.json", "results.json", "label.json"])
def test_every_hostile_value_in_a_json_file_is_read_or_makes_a_damaged_run(name: str, run: Run) -> None:
    file = run.folder / name
    assert look(run) == "read"
    seen = [_look_at(run, file, text) for text in mutated(json.loads(file.read_text()))]
    assert len(seen) > 50
    assert seen.count("damaged") > len(seen) / 3
    assert seen.count("read") > 10
    delete_run(run)
    assert not run.folder.exists()


@pytest.mark.parametrize("record", [_EPOCH, {"step": 5, "train_loss": 0.8}])
def test_every_hostile_value_in_a_history_is_read_or_makes_a_damaged_run(record: dict[str, Any], run: Run) -> None:
    seen = [_look_at(run, run.history_file, text + "\n") for text in mutated(record)]
    assert seen.count("damaged") > len(seen) / 4
    assert seen.count("read") > 10


def _look_at(run: Run, file: Path, text: str) -> str:
    file.write_text(text)
    _forget()
    return look(run)


def _forget() -> None:
    """What was read: these files change more often than the disk's clock ticks."""
    listing._read.cache_clear()
    history._growing.clear()


def test_the_table_of_runs_takes_every_value_that_is_read(run: Run) -> None:
    found = []
    for name in ("status.json", "results.json", "label.json"):
        before = (run.folder / name).read_text()
        for text in mutated(json.loads(before)):
            (run.folder / name).write_text(text)
            _forget()
            entry = read_entry(run)
            found += [entry] if isinstance(entry, Entry) else []
        (run.folder / name).write_text(before)
    assert len(found) > 50
    assert len(rows(found, line_of(found))) == len(found)
