import json

import pytest

from digitlab.errors import BadRun
from digitlab.runs.status import UNFINISHED, State, Status


def test_a_status_comes_back_from_its_saved_form() -> None:
    status = Status(State.RUNNING, epoch=3, step=7, steps=9, seconds=1.5, message="✓")
    assert Status.from_dict(json.loads(json.dumps(status.to_dict()))) == status


def test_a_seconds_value_may_be_a_whole_number() -> None:
    assert Status.from_dict({"state": "done", "seconds": 3}).seconds == 3


def test_the_chosen_epoch_of_version_0_1_is_read() -> None:
    saved = Status(State.DONE, chosen_epoch=3, seconds=1.5).to_dict()
    former = {{"chosen_epoch": "best_epoch"}.get(key, key): value for key, value in saved.items()}
    assert "best_epoch" in former
    assert Status.from_dict(former) == Status.from_dict(saved)
    assert Status.from_dict(former).chosen_epoch == 3


@pytest.mark.parametrize(
    ("status", "left"),
    [
        (Status(State.QUEUED), None),
        (Status(State.QUEUED, steps=40), None),
        (Status(State.RUNNING, step=10), None),
        (Status(State.RUNNING, step=10, steps=40, seconds=5.0), 15.0),
        (Status(State.DONE, step=40, steps=40, seconds=5.0), 0.0),
    ],
)
def test_the_time_left_follows_from_the_pace_so_far(status: Status, left: float | None) -> None:
    assert status.time_left == left


def test_a_message_from_elsewhere_is_one_line_that_can_be_shown() -> None:
    status = Status.from_dict({"state": "failed", "message": "a\nb\ud800\u202e 99.5\u202f%" + "x" * 5000})
    assert status.message.startswith("a b\ufffd\ufffd 99.5\u202f%x")
    assert len(status.message) == 1000


def test_states_are_written_as_plain_words() -> None:
    assert json.dumps(Status(State.DONE).to_dict()["state"]) == '"done"'


def test_a_finished_run_needs_no_process() -> None:
    assert {State.QUEUED, State.RUNNING, State.PAUSED} == UNFINISHED


@pytest.mark.parametrize(
    "saved",
    [
        {},
        {"state": "flying"},
        {"state": None},
        {"state": ["done"]},
        {"state": "done", "speed": 3},
        {"state": "done", "epoch": "three"},
        {"state": "done", "epoch": 1.5},
        {"state": "done", "step": True},
        {"state": "done", "seconds": None},
        {"state": "done", "message": ["a"]},
        {"state": "done", "created": 0},
        {"state": "done", "updated": "yesterday"},
        {"state": "done", "updated": "2026-01-01T00:00:00"},
        {"state": "done", "updated": "9999-12-31T23:59:59-23:59"},
        {"state": "done", "step": 10**400},
        {"state": "done", "seconds": float("inf")},
        {"state": "done", "accuracy": 1.5},
        {"state": "done", "loss": float("nan")},
        {"state": "done", "message": None},
    ],
)
def test_a_foreign_status_is_refused(saved: dict[str, object]) -> None:
    with pytest.raises(BadRun, match=r"status\.json is damaged or foreign"):
        Status.from_dict(saved)
