"""The Sweeps page: the form that starts one, what it shows of one, picking trials, and who may see it."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.figures import sweep as figures_of_sweeps
from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.sweeps import start
from digitlab.sweeps.journal import Ending, tell_ending, tell_setting
from digitlab.sweeps.plan import Method
from digitlab.sweeps.space import Choice, Range
from digitlab.sweeps.sweep import Sweep, SweepState, find_sweep, sweeps
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, captions, find_button
from tests.sweeps.made_up import Tried, made_up_plan, made_up_sweep
from tests.ui.app.class_server import ANNA, TEACHER, cookie_of, share

OpenSweeps = Callable[..., AppTest]

TRIED: Tried = [
    ({"learning_rate": 0.001, "batch_size": 32}, [0.4, 0.5]),
    ({"learning_rate": 0.01, "batch_size": 64}, [0.2, 0.1]),
    ({"learning_rate": 0.1, "batch_size": 32}, [0.3, 0.3]),
]


@pytest.fixture
def open_sweeps(open_page: OpenPage) -> OpenSweeps:
    """The page at an address: open_sweeps(sweep="…")."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(f"{PAGES}/sweeps.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of sweeps whose process would have been started."""
    found: list[Path] = []
    monkeypatch.setattr(start, "_launch", lambda sweep, _settings, _log: found.append(sweep.folder))
    return found


@pytest.fixture
def sweep(make_model: MakeModel) -> Sweep:
    """Three trials, two seeds each, with weights; the second is the best, and its second seed."""
    return made_up_sweep(runs(), TRIED, weights_of=make_model("softmax", 7).folder)


def runs() -> Path:
    return Path(os.environ["DIGITLAB_RUNS"])


def words(app: AppTest) -> str:
    """Without what keeps Markdown from reading it as markup."""
    text = " ".join(one.value for one in [*app.markdown, *app.info, *app.warning, *app.error]) + captions(app)
    return text.replace("\\", "")


def links(app: AppTest) -> dict[str, str]:
    """Label → the query of each link to a page, in the page itself."""
    found = app.main.get("page_link")
    return {one.proto.label: one.proto.query_string for one in found}


def runs_of(sweep: Sweep) -> dict[tuple[int, int], str]:
    """Trial and seed → the run's id."""
    from digitlab.sweeps.trials import read_trials

    return {(trial.number, one.seed): one.run.id for trial in read_trials(sweep) for one in trial.runs}


def test_an_empty_page_says_what_a_sweep_is_and_starts_one_in_one_click(
    open_sweeps: OpenSweeps, launched: list[Path]
) -> None:
    app = open_sweeps()
    assert not app.exception
    assert "trains many networks with different settings" in words(app)
    assert re.search(r"Up to 12 trials, on (MNIST|scikit-learn digits)\.", words(app))
    find_button(app, "Start the sweep").click().run()
    (made,) = sweeps(Settings.from_environment())
    assert launched == [made.folder]
    assert made.plan.space == {"learning_rate": Range(0.0001, 0.1, log=True)}
    assert (made.plan.method, made.plan.most_runs, made.plan.seeds) == (Method.RANDOM, 12, 1)
    assert app.query_params["sweep"] == made.id
    assert app.selectbox(key="sweep").value == made.id


def test_a_grid_is_made_of_points_and_words(open_sweeps: OpenSweeps, launched: list[Path]) -> None:
    app = open_sweeps()
    app.selectbox(key="sweep form: method").set_value(Method.GRID).run()
    app.multiselect(key="sweep form: space").set_value(["learning_rate", "model", "batch_size"]).run()
    app.multiselect(key="sweep form: model values").set_value(["softmax", "cnn-small"]).run()
    app.selectbox(key="sweep form: batch_size how").set_value("values").run()
    app.text_input(key="sweep form: batch_size values").set_value("32, 64").run()
    app.number_input(key="sweep form: learning_rate points").set_value(3).run()
    app.number_input(key="sweep form: seeds").set_value(2).run()
    assert "Up to 12 trials, each trained 2 times: 24 runs" in words(app)
    find_button(app, "Start the sweep").click().run()
    (made,) = sweeps(Settings.from_environment())
    assert made.plan.space == {
        "learning_rate": Range(0.0001, 0.1, log=True, points=3),
        "model": Choice(("softmax", "cnn-small")),
        "batch_size": Choice((32, 64)),
    }


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("learning_rate low", 0.5, "Learning rate: 0.5..0.1 is no range"),
        ("learning_rate low", 0.0, "Learning rate: 0.0..0.1 cannot be logarithmic"),
        ("learning_rate high", 1e9, "Learning rate is 1000000000.0;"),
        ("most runs of random", 0, "Most runs is 0; the method random never ends by itself"),
        ("minutes", 1e9, "Most minutes is too large"),
    ],
)
def test_a_form_that_makes_no_plan_says_why_in_its_own_words(
    open_sweeps: OpenSweeps, key: str, value: float, said: str
) -> None:
    app = open_sweeps()
    app.number_input(key=f"sweep form: {key}").set_value(value).run()
    assert [said in line.value.replace("\\", "") for line in app.error] == [True]
    assert find_button(app, "Start the sweep").disabled


def test_nothing_to_try_is_said(open_sweeps: OpenSweeps) -> None:
    app = open_sweeps()
    app.multiselect(key="sweep form: space").set_value([]).run()
    assert [line.value.replace("\\", "") for line in app.error] == ["Nothing is tried; choose one setting or several."]


def test_what_only_the_start_can_know_is_said_in_the_form(open_sweeps: OpenSweeps, launched: list[Path]) -> None:
    app = open_sweeps()
    app.multiselect(key="sweep form: space").set_value(["device"]).run()
    app.multiselect(key="sweep form: device values").set_value(["cpu", "cuda"]).run()
    find_button(app, "Start the sweep").click().run()
    assert ["which this machine does not have" in line.value for line in app.error] == [True]
    assert not sweeps(Settings.from_environment())
    assert not launched


def test_without_optuna_one_line_says_how_to_get_it_and_old_sweeps_can_be_read(
    sweep: Sweep, open_sweeps: OpenSweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    app = open_sweeps()
    assert not app.exception
    assert ['pip install ".[cluster]"' in line.value for line in app.warning] == [True]
    assert "Start the sweep" not in [button.label for button in app.button]
    assert list(app.dataframe[-1].value["Trial"]) == [2, 3, 1]
    shown = open_sweeps(view="Importance")
    assert ["pip install" in line.value.replace("\\", "") for line in shown.error] == [True]


def test_a_finished_sweep_shows_its_best_trial_its_figures_and_all_trials(
    sweep: Sweep, open_sweeps: OpenSweeps
) -> None:
    app = open_sweeps()
    assert not app.exception
    assert "Best: trial 2" in words(app)
    assert "learning rate 0.01, batch size 64" in words(app)
    assert links(app)["Open its run on Train"] == f"run={runs_of(sweep)[2, 0]}"
    assert list(app.dataframe[-1].value["Trial"]) == [2, 3, 1]
    assert app.query_params["sweep"] == sweep.id
    (progress,) = app.get("progress")
    assert progress.proto.text.replace("\\", "").startswith("Done: 3 of 4 trials")
    assert progress.proto.value == 100


@pytest.mark.parametrize(("view", "figures"), [("All settings", 1), ("One setting", 2), ("Time", 1), ("Seeds", 1)])
def test_each_figure_can_be_asked_for_in_the_address(
    sweep: Sweep, open_sweeps: OpenSweeps, view: str, figures: int
) -> None:
    app = open_sweeps(view=view)
    assert not app.exception
    assert len(app.get("plotly_chart")) == figures


@pytest.mark.parametrize("view", ["All settings", "One setting", "Time"])
def test_a_figure_that_leaves_trials_out_says_so(
    sweep: Sweep, open_sweeps: OpenSweeps, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is drawn, over all ranks" not in captions(open_sweeps(view=view))
    monkeypatch.setattr(figures_of_sweeps, "MOST_LINES", 1)
    monkeypatch.setattr(figures_of_sweeps, "MOST_MARKS", 1)
    assert "Of 3 trials one in 3 is drawn, over all ranks" in captions(open_sweeps(view=view))


def test_importance_needs_eight_trials(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    app = open_sweeps(view="Importance")
    assert "needs eight trials" in words(app)
    many = [({"learning_rate": 0.001 * 1.5**n, "batch_size": 32 + 32 * (n % 2)}, [0.5 - 0.03 * n]) for n in range(10)]
    made = made_up_sweep(runs(), many, most_runs=10)
    app = open_sweeps(view="Importance", sweep=made.id)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1


def test_a_sweep_with_one_seed_has_no_spread(open_sweeps: OpenSweeps) -> None:
    made_up_sweep(runs(), [(setting, losses[:1]) for setting, losses in TRIED])
    app = open_sweeps(view="Seeds")
    assert "trained once here" in words(app)
    assert not app.get("plotly_chart")


def test_picked_trials_open_the_best_run_of_each_in_compare(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    ids = runs_of(sweep)
    app = open_sweeps(trials="1,2")
    assert links(app)["Open them in Compare"] == f"compared={ids[2, 1]}%2C{ids[1, 0]}"
    assert app.dataframe[-1].value["Trial"].tolist() == [2, 3, 1]
    find_button(app, "Let go").click().run()
    assert "trials" not in app.query_params
    assert "Pick trials" in words(app)


def test_one_picked_trial_opens_the_runs_of_its_seeds(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    ids = runs_of(sweep)
    app = open_sweeps(trials="3")
    assert links(app)["Open the models of its seeds in Compare"] == f"compared={ids[3, 0]}%2C{ids[3, 1]}"


def test_trials_whose_runs_are_deleted_open_nothing(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    for name in runs_of(sweep).values():
        Run(runs() / name).weights.unlink()
    app = open_sweeps(trials="1,3")
    assert "none of them has a finished model" in words(app)
    assert "Open them in Compare" not in links(app)


def test_trials_that_do_not_exist_are_not_picked(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    app = open_sweeps(trials="77,x,")
    assert not app.exception
    assert "Pick trials" in words(app)


def test_a_deletion_is_asked_for_and_not_yet_done(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    app = open_sweeps()
    find_button(app, "Delete").click().run()
    assert find_button(app, "Delete for good").disabled
    assert app.checkbox(key=f"delete the runs of {sweep.id}").label == "Delete its 6 runs, too"
    assert not app.checkbox(key=f"sure to delete {sweep.id}").value
    assert not sweep.is_gone


def test_a_sweep_that_was_stopped_goes_on(sweep: Sweep, open_sweeps: OpenSweeps, launched: list[Path]) -> None:
    sweep.mark(SweepState.STOPPED)
    app = open_sweeps()
    assert find_button(app, "Stop").disabled
    find_button(app, "Resume").click().run()
    assert launched == [sweep.folder]
    assert sweep.state is SweepState.STARTING


def test_a_sweep_under_way_can_be_stopped_and_not_deleted(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    sweep.mark(SweepState.RUNNING, "", 41.0)
    with sweep.lock().acquire():
        app = open_sweeps()
        assert app.get("progress")[0].proto.text.replace("\\", "").startswith("Running: 3 of 4 trials, 41")
        assert find_button(app, "Resume").disabled
        assert find_button(app, "Delete").disabled
        find_button(app, "Stop").click().run()
        assert sweep.wants_stop


def test_an_interrupted_sweep_says_that_its_process_is_gone(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    sweep.mark(SweepState.RUNNING)
    app = open_sweeps()
    assert ["Its process is gone" in line.value for line in app.warning] == [True]
    assert not find_button(app, "Resume").disabled


def test_trials_that_ended_early_say_why(open_sweeps: OpenSweeps) -> None:
    made = Sweep.create(runs(), made_up_plan())
    tell_setting(made.journal, 1, TRIED[0][0])
    tell_ending(made.journal, 1, Ending.FAILED, "Its loss was no number.")
    made.mark(SweepState.STOPPED)
    app = open_sweeps()
    assert not app.exception
    assert "The figures appear here" in words(app)
    (row,) = app.dataframe[-1].value.to_dict("records")
    assert (row["State"], row["Why"]) == ("failed", "Its loss was no number.")


def test_a_damaged_sweep_is_one_line_and_can_be_deleted(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    (sweep.folder / "plan.json").write_text("{")
    app = open_sweeps()
    assert not app.exception
    assert len(app.error) == 1
    assert not find_button(app, "Delete").disabled


def test_a_sweep_that_does_not_exist_gets_one_line(sweep: Sweep, open_sweeps: OpenSweeps) -> None:
    app = open_sweeps(sweep="20200101-000000-abcdef")
    assert ["sweep = 20200101" in line.value.replace("\\", "") for line in app.warning] == [True]
    assert app.selectbox(key="sweep").value == sweep.id


def test_a_pupil_is_told_that_sweeps_are_the_teachers(
    sweep: Sweep, open_sweeps: OpenSweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(monkeypatch)
    monkeypatch.setattr("digitlab.ui.app.visitor._cookie", lambda: cookie_of(ANNA))
    app = open_sweeps()
    assert ["Sweeps are the teacher's" in line.value.replace("\\", "") for line in app.info] == [True]
    assert not app.dataframe
    assert "Start the sweep" not in [button.label for button in app.button]
    monkeypatch.setattr("digitlab.ui.app.visitor._cookie", lambda: cookie_of(TEACHER))
    assert find_button(open_sweeps(), "Start the sweep")
    assert find_sweep(sweep.id, Settings.from_environment())
