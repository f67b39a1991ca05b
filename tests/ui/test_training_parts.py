"""Parts of the Train page that need no page: the growing history, the card, the words."""

from collections.abc import Callable

from digitlab.jobs.control import Command
from digitlab.jobs.reasons import KILLED
from digitlab.runs.run import Run
from digitlab.runs.status import State, Status
from digitlab.ui.training.histories import history_so_far
from digitlab.ui.training.run_card import RunCard, card_html
from digitlab.ui.training.states import reason, state_in_words

MakeRun = Callable[..., Run]


def test_a_history_grows_by_what_is_new(make_run: MakeRun) -> None:
    run = make_run()
    assert history_so_far(run) == []
    run.append_history({"step": 1})
    assert history_so_far(run) == [{"step": 1}]
    with (run.folder / "history.jsonl").open("a") as file:
        file.write('{"step": 2}\n{"step"')
    assert history_so_far(run) == [{"step": 1}, {"step": 2}]


def test_a_history_that_was_cut_is_read_anew(make_run: MakeRun) -> None:
    run = make_run()
    for step in (1, 2, 3):
        run.append_history({"step": step})
    assert len(history_so_far(run)) == 3
    run.cut_history(epoch=0, step=1)
    for step in (20, 30, 40):
        run.append_history({"step": step})
    assert [record["step"] for record in history_so_far(run)] == [1, 20, 30, 40]


def test_a_history_that_is_gone_is_empty(make_run: MakeRun) -> None:
    run = make_run()
    run.append_history({"step": 1})
    assert history_so_far(run)
    (run.folder / "history.jsonl").unlink()
    assert history_so_far(run) == []


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
