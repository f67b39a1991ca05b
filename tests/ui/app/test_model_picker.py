"""Which models are asked, and how often a page that shows them looks again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from digitlab.runs.listing import Catalogue, Entry
from digitlab.runs.run import Run
from digitlab.runs.status import State
from digitlab.ui.app.installation import settings
from digitlab.ui.app.model_picker import by_id, refresh_every


@pytest.fixture
def entry(make_run: Callable[..., Run]) -> Entry:
    run = make_run()
    return next(entry for entry in Catalogue(settings()).models() if entry.id == run.id)


def test_answers_are_asked_for_again_while_a_chosen_model_learns(entry: Entry) -> None:
    assert refresh_every([entry, replace(entry, state=State.RUNNING)]) == 1.0


@pytest.mark.parametrize("state", [state for state in State if state is not State.RUNNING])
def test_an_idle_page_polls_nothing(entry: Entry, state: State) -> None:
    assert refresh_every([replace(entry, state=state)]) is None


def test_models_of_one_name_are_told_apart_wherever_they_are_shown(entry: Entry, make_run: Callable[..., Run]) -> None:
    for _ in range(2):
        make_run(name="mine")
    known = by_id(Catalogue(settings()).models())
    assert list(known) == [one.id for one in Catalogue(settings()).models()]
    titles = [one.title for one in known.values()]
    assert len(set(titles)) == len(titles)
    assert sorted(title for title in titles if title.startswith("mine")) == sorted(
        f"mine ({name[-6:]})" for name, one in known.items() if one.run.config.name == "mine"
    )
    assert known["cnn"].title == "cnn"
    assert known[entry.id].title == entry.title
