"""The Train page with runs of every state."""

import dataclasses
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.errors import DigitlabError
from digitlab.jobs.queue import Command, Queue, read_command, write_command
from digitlab.presets import PRESETS
from digitlab.runs.label import describe_run, read_label
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.ui.app.installation import catalogue, settings
from digitlab.ui.train.live import _EMPTY as EMPTY
from digitlab.ui.train.live import _is_recent as is_recent
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, captions, find_button, form_of

TRAIN = f"{PAGES}/train.py"
MakeRun = Callable[..., Run]
OpenTrain = Callable[..., AppTest]


@pytest.fixture
def open_train(open_page: OpenPage) -> OpenTrain:
    """The Train page at an address: open_train(run="…")."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(TRAIN)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def left_run(make_run: MakeRun) -> MakeRun:
    """A run as a job left it: left_run(State.FAILED, epochs=3, message="…")."""

    def make(state: State, epoch: int = 1, message: str = "", **settings: object) -> Run:
        run = make_run(**settings)
        for number in range(1, epoch + 1):
            run.append_history(_record(number))
        times = {"created": now(), "started": now(), "updated": now(), "seconds": 2.0 * epoch}
        run.write_status(Status(state, epoch, 10 * epoch, 10 * run.config.epochs, **times, message=message))
        return run

    return make


def _record(epoch: int) -> dict[str, float]:
    values = {"train_loss": 1 / epoch, "train_accuracy": 0.8, "validation_loss": 1.0, "validation_accuracy": 0.75}
    return {"epoch": epoch, "step": 10 * epoch, **values, "learning_rate": 0.01, "seconds": 2.0}


def _cards(app: AppTest) -> str:
    """The HTML of all cards."""
    return "\n".join(
        json.loads(e.proto.json)["html"]
        for e in app.get("bidi_component")
        if e.proto.component_name == "digitlab.run_card"
    )


def test_an_empty_page_says_what_will_be_there(open_train: OpenTrain) -> None:
    app = open_train()
    assert [info.value for info in app.info] == [EMPTY]
    assert not app.exception


def test_runs_of_every_state_are_shown(left_run: MakeRun, make_model: MakeModel, open_train: OpenTrain) -> None:
    make_model("softmax", 7)
    for state in (State.DONE, State.STOPPED, State.FAILED, State.QUEUED):
        left_run(state, name=str(state))
    left_run(State.RUNNING, name="killed")
    resting = left_run(State.PAUSED, name="resting")
    write_command(resting, Command.PAUSE)
    with left_run(State.RUNNING, name="alive").lock(), resting.lock():
        app = open_train()
        states = dict(zip(app.dataframe[0].value["Name"], app.dataframe[0].value["State"], strict=True))
        shown = _cards(app)
    assert states == {
        "done": "done",
        "stopped": "stopped",
        "failed": "failed",
        "queued": "starting",
        "killed": "interrupted",
        "alive": "running",
        "resting": "paused",
        "softmax": "shipped",
    }
    assert all(name in shown for name in ("alive", "resting", "queued", "failed", "killed"))
    assert "stopped" not in shown
    assert not app.exception


@pytest.mark.parametrize(
    ("state", "button", "command"),
    [
        (State.RUNNING, "Pause", Command.PAUSE),
        (State.RUNNING, "Stop", Command.STOP),
        (State.PAUSED, "Resume", Command.RUN),
    ],
)
def test_the_buttons_of_a_card_ask_the_process(
    left_run: MakeRun, open_train: OpenTrain, state: State, button: str, command: Command
) -> None:
    run = left_run(state)
    (run.folder / "control").write_text("pause")
    with run.lock():
        find_button(open_train(), button).click().run()
        assert read_command(run) is command


def test_a_failed_run_says_why_and_offers_what_to_do(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.FAILED, message="The loss became nan at step 3.", learning_rate=50.0, name="too fast")
    (run.folder / "train.log").write_text("the last words")
    app = open_train()
    assert "became nan at step 3" in _cards(app)
    assert ["the last words" in code.value for code in app.code] == [True]
    app = find_button(app, "Clone").click().run()
    assert form_of(app).learning_rate == 50.0
    assert form_of(app).name == "too fast"
    app = find_button(app, "Hide").click().run()
    assert not _cards(app)


@pytest.mark.parametrize("asked", ["nosuch", "../../etc", "20261122-000000-cnn-abcdef", "![x](http://example.org)"])
def test_a_bad_id_in_the_address_gets_one_line_and_the_page_works(
    left_run: MakeRun, open_train: OpenTrain, asked: str
) -> None:
    left_run(State.DONE)
    app = open_train(run=asked)
    (line,) = app.error
    assert "![x]" not in line.value
    assert len(app.dataframe) == 1
    assert not app.exception


def test_the_run_in_the_address_is_shown_with_its_curves(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.DONE, epoch=3, name="shown")
    app = open_train(run=run.id)
    assert "shown" in [heading.value for heading in app.header]
    assert len(app.get("plotly_chart")) == 4
    assert not app.exception


def test_a_run_under_way_shows_growing_curves_before_its_first_point(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.RUNNING, epoch=0)
    with run.lock():
        app = open_train(run=run.id)
    assert len(app.get("vega_lite_chart")) == 4
    assert "The first point appears" in captions(app)


def test_the_table_has_columns_for_the_settings_that_differ_alone(left_run: MakeRun, open_train: OpenTrain) -> None:
    left_run(State.DONE, seed=1, batch_size=64)
    left_run(State.DONE, seed=2, batch_size=64)
    columns = set(open_train().dataframe[0].value.columns)
    assert "Seed" in columns
    assert "Batch size" not in columns


def test_settings_that_differ_are_shown_on_demand(left_run: MakeRun, open_train: OpenTrain) -> None:
    for seed in (1, 2):
        left_run(State.DONE, seed=seed)
    app = open_train()
    assert "Seed" not in app.dataframe[0].proto.column_order
    assert "Name" in app.dataframe[0].proto.column_order
    assert "Seed" in open_train(columns="Seed").dataframe[0].proto.column_order


def test_runs_of_one_name_are_told_apart_by_their_ids_which_are_else_shown_on_demand(
    left_run: MakeRun, open_train: OpenTrain
) -> None:
    first = left_run(State.DONE, name="twin")
    table = open_train().dataframe[0]
    assert "Id" not in table.proto.column_order
    second = left_run(State.DONE, name="twin")
    table = open_train().dataframe[0]
    assert list(table.proto.column_order[:3]) == ["★", "Name", "Id"]
    assert set(table.value["Id"]) == {first.id[-6:], second.id[-6:]}


def names(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Name"])


def test_the_table_is_filtered_by_model_data_preset_and_tag(left_run: MakeRun, open_train: OpenTrain) -> None:
    left_run(State.DONE, name="a", model="softmax")
    describe_run(left_run(State.DONE, name="b", model="cnn"), "", ["lesson"])
    recipe = {name: value for name, value in PRESETS["too-fast"].config.to_dict().items() if name != "format"}
    left_run(State.DONE, **{**recipe, "name": "c"})
    assert names(open_train(only_model="cnn")) == ["b"]
    assert names(open_train(only_data="mnist")) == ["c"]
    assert names(open_train(only_preset="too-fast")) == ["c"]
    assert names(open_train(only_tag="lesson")) == ["b"]
    assert names(open_train(only_model="cnn", only_data="mnist")) == []
    assert "1 of 3 runs" in captions(open_train(only_model="cnn"))


def test_groups_stand_together_under_a_row_with_their_best_figures(left_run: MakeRun, open_train: OpenTrain) -> None:
    for name, model in (("a", "softmax"), ("b", "cnn"), ("c", "softmax")):
        left_run(State.DONE, name=name, model=model)
    table = open_train(group="model").dataframe[0].value
    by_name = list(table["Name"])
    softmax, cnn = by_name.index("▾ softmax: 2 runs"), by_name.index("▾ cnn: 1 run")
    assert set(by_name[softmax + 1 : softmax + 3]) == {"a", "c"}
    assert by_name[cnn + 1] == "b"
    assert list(table["Best validation"]) == [75.0] * 5


def test_several_runs_lay_their_curves_over_each_other(left_run: MakeRun, open_train: OpenTrain) -> None:
    runs = [left_run(State.DONE, epoch=3, name=name) for name in ("one", "two")]
    with left_run(State.RUNNING, epoch=2, name="live").lock():
        running = next(run for run in catalogue().runs() if run.state is State.RUNNING)
        app = open_train(several="True", curves=",".join([*(run.id for run in runs), running.id]))
    charts = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
    overlaid = [chart for chart in charts if chart["encoding"]["color"]["field"] == "run"]
    assert [chart["title"] for chart in overlaid] == ["Loss", "Accuracy"]
    assert overlaid[0]["encoding"]["color"]["scale"]["domain"] == ["one", "two", "live"]
    assert not app.exception


def test_runs_that_are_gone_are_left_out_of_the_curves(left_run: MakeRun, open_train: OpenTrain) -> None:
    left_run(State.DONE)
    app = open_train(curves="nosuch,../../etc")
    assert not app.exception
    assert not app.get("vega_lite_chart")


def _dialog(name: str, run_id: str) -> None:
    """A page that shows nothing but a dialog."""
    from digitlab.ui.app.installation import catalogue
    from digitlab.ui.train import actions

    getattr(actions, name)(catalogue().find(run_id))


def test_notes_and_tags_are_kept_and_shown(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.DONE)
    app = AppTest.from_function(_dialog, kwargs={"name": "ask_notes", "run_id": run.id}, default_timeout=60).run()
    app.text_area(key=f"notes on {run.id}").set_value("Smoother <b>")
    find_button(app, "Keep").click().run()
    assert read_label(run).notes == "Smoother <b>"
    assert "Smoother <b>" in [text.value for text in open_train(run=run.id).text]


def test_a_name_that_cannot_be_is_said_in_the_dialog(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.DONE, name="before")
    app = AppTest.from_function(_dialog, kwargs={"name": "ask_name", "run_id": run.id}, default_timeout=60).run()
    app.text_input(key=f"another name of {run.id}").set_value(" ")
    find_button(app, "Rename").click().run()
    assert ["cannot be called" in line.value for line in app.error] == [True]


def test_cards_say_the_place_in_line_and_the_oldest_comes_first(left_run: MakeRun, open_train: OpenTrain) -> None:
    running = left_run(State.RUNNING, name="running")
    waiting = [left_run(State.QUEUED, epoch=0, name=name) for name in ("first", "second")]
    queue = Queue(settings().runs, 1)
    for second, run in enumerate(waiting):
        queue.line_up(run)
        os.utime(queue.ticket_file(run.id), (second, second))
    with running.lock(), waiting[0].lock(), waiting[1].lock():
        app = open_train(run=waiting[1].id)
        shown = _cards(app)
    assert re.findall(r'<span class="state">(.*?)<', shown) == ["running", "queued, 1st of 2", "queued, 2nd of 2"]
    assert dict(zip(names(app), app.dataframe[0].value["State"], strict=True))["second"] == "queued, 2nd of 2"
    assert "Curves of running" in [heading.value for heading in app.header]


def test_a_star_is_saved_with_the_run(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.DONE)
    app = find_button(open_train(run=run.id), "Star").click().run()
    assert read_label(run).starred
    assert list(app.dataframe[0].value["★"]) == ["★"]
    find_button(app, "Unstar").click().run()
    assert not read_label(run).starred


def test_rename_asks_for_a_name_and_begins_with_the_present_one(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.DONE, name="before")
    app = find_button(open_train(run=run.id), "Rename").click().run()
    assert app.text_input(key=f"another name of {run.id}").value == "before"


def test_delete_asks_before_anything_is_deleted(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.DONE)
    app = find_button(open_train(run=run.id), "Delete").click().run()
    assert not app.checkbox(key=f"sure to delete {run.id}").value
    assert find_button(app, "Delete for good").disabled
    assert run.folder.exists()


def test_a_checkpoint_is_read_only(make_model: MakeModel, open_train: OpenTrain) -> None:
    make_model("softmax", 7)
    app = open_train(run="softmax")
    off = {button.label for button in app.button if button.disabled}
    assert {"Star", "Rename", "Delete", "Resume"} <= off
    app = find_button(app, "Clone").click().run()
    assert form_of(app).model == "softmax"


def test_a_clone_keeps_the_teachers_that_are_here_and_says_that_others_are_not(
    left_run: MakeRun, make_model: MakeModel, open_train: OpenTrain
) -> None:
    make_model("softmax", 7)
    names = "20261129-220634-cnn-deep-d43f61+softmax"
    run = left_run(State.DONE, distillation_epochs=1, teachers=names, name="taught")
    app = find_button(open_train(run=run.id), "Clone").click().run()
    assert form_of(app).teachers == "softmax"
    assert [toast.value for toast in app.toast] == [
        "The sidebar now holds the settings of taught, without teachers that are not here."
    ]


def test_resume_hands_the_run_to_a_job(
    left_run: MakeRun, open_train: OpenTrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed: list[str] = []
    monkeypatch.setattr("digitlab.ui.train.cards.resume_job", lambda run, *_: resumed.append(run.id))
    run = left_run(State.STOPPED)
    find_button(open_train(run=run.id), "Resume").click().run()
    assert resumed == [run.id]


def test_what_goes_wrong_with_a_button_is_said_in_a_toast(
    left_run: MakeRun, open_train: OpenTrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DigitlabError("The disk is full.")

    monkeypatch.setattr("digitlab.ui.train.cards.resume_job", refuse)
    app = find_button(open_train(run=left_run(State.STOPPED).id), "Resume").click().run()
    assert ["disk is full" in toast.value for toast in app.toast] == [True]


def test_damaged_runs_do_not_break_the_page(left_run: MakeRun, open_train: OpenTrain) -> None:
    left_run(State.DONE)
    (left_run(State.DONE).folder / "status.json").write_text("{")
    (left_run(State.DONE).folder / "history.jsonl").write_text('{"epoch": "one", "step": null}\nno json\n')
    damaged = left_run(State.DONE)
    Path(damaged.folder / "history.jsonl").write_text('{"epoch": 1, "step": 9, "train_loss": NaN}\n')
    app = open_train(run=damaged.id)
    assert not app.exception


def test_markup_in_a_name_stays_text(left_run: MakeRun, open_train: OpenTrain) -> None:
    run = left_run(State.FAILED, name="<b>![x](http://example.org/x.png)")
    app = open_train(run=run.id)
    assert "<b>" not in _cards(app)
    assert not any("![x]" in heading.value for heading in app.header)


@pytest.mark.parametrize("button", ["Star", "Resume"])
def test_on_a_disk_that_may_not_be_written_a_button_says_so_in_one_line(
    button: str, open_train: OpenTrain, left_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = left_run(State.STOPPED)
    app = open_train(run=run.id)

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr("digitlab.files.os.replace", refuse)
        app = find_button(app, button).click().run()
    (toast,) = app.toast
    assert "cannot be written: Read\\-only file system" in toast.value.replace("\\:", ":")
    assert not app.exception
    assert (run.state, read_label(run).starred) == (State.STOPPED, False)


@pytest.mark.parametrize(("hours", "recent"), [(-5, False), (-0.5, True), (0.1, True), (5, False)])
def test_a_failure_is_recent_only_around_its_time_also_when_the_clock_was_set_back(
    hours: float, recent: bool, left_run: MakeRun
) -> None:
    run = left_run(State.FAILED)
    moment = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    run.write_status(dataclasses.replace(run.status, updated=moment))
    assert is_recent(run) is recent
