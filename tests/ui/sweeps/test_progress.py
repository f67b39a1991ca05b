import pytest

from digitlab.sweeps.journal import Ending, Told
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.sweep import SweepState
from digitlab.ui.sweeps.progress import Seen, in_words, is_news, share_of
from tests.sweeps.made_up import made_up_plan

RUNNING, DONE = SweepState.RUNNING, SweepState.DONE
TOLD = [Told(1, {}, {}, Ending.DONE), Told(2, {}, {}, Ending.PRUNED), Told(3, {})]


@pytest.mark.parametrize(
    ("now", "news"),
    [
        (Seen(RUNNING, 3, 100.1), False),  # nothing has happened
        (Seen(RUNNING, 4, 104.9), False),  # a trial has ended, but figures are to be read for a while
        (Seen(RUNNING, 4, 105.1), True),
        (Seen(RUNNING, 3, 999.0), False),
        (Seen(DONE, 3, 100.1), True),
        (Seen(None, 0, 100.1), True),
    ],
)
def test_the_page_is_drawn_anew_at_another_state_and_a_while_after_a_trial_has_ended(now: Seen, news: bool) -> None:
    assert is_news(Seen(RUNNING, 3, 100.0), now) is news


@pytest.mark.parametrize(
    ("budget", "seconds", "share"),
    [
        ({"most_runs": 8}, 50.0, 2 / 8),
        ({"most_runs": 8, "most_seconds": 100.0}, 50.0, 0.5),
        ({"most_runs": 0, "most_seconds": 100.0}, 20.0, 0.2),
        ({"most_runs": 0, "most_seconds": 100.0}, 130.0, 1.0),
    ],
)
def test_how_far_a_sweep_is_says_its_budget_that_ends_first(
    budget: dict[str, float], seconds: float, share: float
) -> None:
    plan = made_up_plan(**budget)
    assert share_of(plan, TOLD, RUNNING, seconds) == share
    assert share_of(plan, TOLD, DONE, seconds) == 1.0


def test_progress_in_words_names_trials_those_that_ended_early_and_the_time() -> None:
    plan: SweepPlan = made_up_plan(most_seconds=600.0)
    said = in_words(plan, TOLD, RUNNING, 41.0).replace("\u202f", " ")
    assert said == "Running: 2 of 8 trials, 1 stopped early, 41 s of 10 min 00 s"
