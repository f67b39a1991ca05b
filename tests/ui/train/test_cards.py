"""A run's card: the figures on it, and the words."""

from collections.abc import Callable

from digitlab.runs.run import Run
from digitlab.runs.status import State, Status
from digitlab.ui.train.cards import RunCard, card_html

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


def test_a_paused_run_never_goes_back_an_epoch_on_screen(make_run: MakeRun) -> None:
    """It is queued for a moment when it goes on; its epoch is still the one under way."""
    config = make_run(epochs=4).config
    for state in (State.RUNNING, State.PAUSED, State.QUEUED, State.RUNNING):
        status = Status(state, epoch=1, step=15, steps=40)
        assert "2 of 4" in card_html(RunCard("a", config, state, str(state), status))
