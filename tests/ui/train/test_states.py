"""The words for where a run stands."""

from pathlib import Path

import pytest

from digitlab.jobs.measurement import Measurement, Plan
from digitlab.jobs.queue import Command
from digitlab.runs.status import KILLED, State
from digitlab.ui.app.installation import settings
from digitlab.ui.train.live import in_order, watched_run
from digitlab.ui.train.states import STARTING, Line, look_at_line, reason, state_in_words

NONE = Line()


def test_what_a_process_was_asked_is_said_before_it_obeys() -> None:
    assert state_in_words("a", State.RUNNING, NONE, Command.PAUSE) == "pausing"
    assert state_in_words("a", State.RUNNING, NONE, Command.RUN) == "running"
    assert state_in_words("a", State.DONE, NONE, Command.STOP) == "done"


def test_every_run_that_went_wrong_has_a_reason() -> None:
    assert reason(State.INTERRUPTED, "") == KILLED
    assert reason(State.FAILED, "The disk is full.") == "The disk is full."
    assert reason(State.DONE, "") == ""


def test_a_queued_run_says_what_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(State.QUEUED, "", STARTING) == "Its process is starting."
    assert reason(State.QUEUED, "", "queued, next in line") == "Waits until another run makes room."
    monkeypatch.setenv("DIGITLAB_LAUNCHER", "ray")
    monkeypatch.setenv("RAY_ADDRESS", "http://head:8265")
    settings.cache_clear()
    assert reason(State.QUEUED, "", "queued, next in line") == "Starts as soon as Ray has room for it."
    assert look_at_line({}).free == 0


@pytest.mark.parametrize(
    ("run", "free", "words"),
    [
        ("a", 0, "queued, 1st of 3"),
        ("b", 0, "queued, 2nd of 3"),
        ("c", 0, "queued, 3rd of 3"),
        ("a", 1, STARTING),
        ("b", 1, "queued, 1st of 2"),
        ("c", 2, "queued, next in line"),
        ("c", 9, STARTING),
        ("gone", 0, STARTING),
    ],
)
def test_a_queued_run_says_its_place_and_whether_its_turn_has_come(run: str, free: int, words: str) -> None:
    assert state_in_words(run, State.QUEUED, Line(("a", "b", "c"), free), Command.RUN) == words


@pytest.mark.parametrize(("place", "word"), [(4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st")])
def test_places_are_written_as_one_says_them(place: int, word: str) -> None:
    line = Line([str(number) for number in range(1, 23)])
    assert line.in_words(str(place)) == f"queued, {word} of 22"


def test_the_oldest_comes_first_and_those_in_line_behind_as_they_stand_there() -> None:
    states = {"5": State.RUNNING, "4": State.QUEUED, "3": State.QUEUED, "2": State.RUNNING, "1": State.PAUSED}
    assert list(in_order(states, Line(("4", "3")))) == ["1", "2", "5", "4", "3"]


def test_running_curves_stay_in_view_when_a_queued_run_is_chosen() -> None:
    states = {"old": State.RUNNING, "new": State.QUEUED}
    assert watched_run(states, "new") == "old"
    assert watched_run({"old": State.PAUSED, "new": State.RUNNING}, "new") == "new"
    assert watched_run({"new": State.QUEUED}, "new") == "new"
    assert watched_run(states, None) == "old"
    assert watched_run({}, "new") is None


def test_a_measurement_that_has_the_slot_leaves_none_free(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    job = Measurement.of(runs, Plan("cnn", "mnist"))
    assert look_at_line({}).free == 1
    with job.lock():
        job.mark(State.RUNNING)
        assert look_at_line({}).free == 0
    assert look_at_line({}).free == 1  # it was killed
