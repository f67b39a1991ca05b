"""A run's card: the figures on it, and the words."""

from collections.abc import Callable

from digitlab.jobs.queue import Command
from digitlab.runs.run import Run
from digitlab.runs.status import KILLED, State, Status
from digitlab.ui.train.cards import RunCard, card_html, reason, state_in_words

MakeRun = Callable[..., Run]


def test_a_card_shows_where_a_run_stands_and_nothing_that_it_does_not_know(make_run: MakeRun) -> None:
    config = make_run(epochs=4).config
    status = Status(State.RUNNING, epoch=1, step=10, steps=40, seconds=5.0, loss=0.25, accuracy=0.5)
    html = card_html(RunCard("a <b>", config, State.RUNNING, "running", status))
    assert "a &lt;b&gt;" in html
    assert "2 of 4" in html
    assert "15\u202fs" in html
    assert 'aria-valuenow="25"' in html
    assert "–" in card_html(RunCard("a", config, State.QUEUED, "queued", Status(State.QUEUED)))


def test_what_a_process_was_asked_is_said_before_it_obeys() -> None:
    assert state_in_words(State.RUNNING, Command.PAUSE) == "pausing"
    assert state_in_words(State.RUNNING, Command.RUN) == "running"
    assert state_in_words(State.DONE, Command.STOP) == "done"


def test_every_run_that_went_wrong_has_a_reason() -> None:
    assert reason(State.INTERRUPTED, "") == KILLED
    assert reason(State.FAILED, "The disk is full.") == "The disk is full."
    assert reason(State.DONE, "") == ""
