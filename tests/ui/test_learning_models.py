from dataclasses import replace

import pytest

from digitlab.runs.catalog import ModelEntry
from digitlab.runs.status import State
from digitlab.ui.learning_models import refresh_every

SHIPPED = ModelEntry("softmax", "softmax", "checkpoint", "softmax", 7850, State.DONE, {})


def test_answers_are_asked_for_again_while_a_chosen_model_learns() -> None:
    assert refresh_every([SHIPPED, replace(SHIPPED, state=State.RUNNING)]) == 1.0


@pytest.mark.parametrize("state", [state for state in State if state is not State.RUNNING])
def test_an_idle_page_polls_nothing(state: State) -> None:
    assert refresh_every([replace(SHIPPED, state=state)]) is None
