"""The training form in the sidebar of every page."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st

from digitlab.access import Visitor
from digitlab.config import TrainConfig
from digitlab.data.dataset import DATASETS
from digitlab.jobs.queue import Queue
from digitlab.jobs.start import QueueFull
from digitlab.presets import PRESETS
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.settings import Settings
from digitlab.ui.train import sidebar
from digitlab.ui.train.form import PRESET, key_of
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, captions, find_button, form_of

TRAIN = f"{PAGES}/train.py"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[TrainConfig]:
    """What was started, by a stand-in that only makes the run's folder."""
    configs: list[TrainConfig] = []

    def start(config: TrainConfig, settings: Settings, _visitor: Visitor) -> Run:
        configs.append(config)
        run = Run.create(settings.runs, config)
        Queue(settings.runs, settings.jobs).line_up(run)
        return run

    monkeypatch.setattr(sidebar, "start_job", start)
    return configs


@pytest.fixture
def all_data_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, dataset in DATASETS.items():
        monkeypatch.setitem(DATASETS, name, replace(dataset, found=lambda _folder: True, shortage=lambda _folder: ""))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_fills_the_form(all_data_here: None, open_page: OpenPage, name: str) -> None:
    app = open_page()
    app.selectbox(key=PRESET).set_value(name).run()
    assert form_of(app) == PRESETS[name].config
    assert not app.exception
    assert not app.error


def test_values_that_a_cut_short_run_had_set_are_set_again_for_the_browser(
    all_data_here: None, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as early:
        early.setattr(sidebar, "_show_presets", st.stop)
        app = open_page()
    assert not app.number_input
    app.run()
    assert app.number_input(key=key_of("epochs")).proto.set_value
    assert app.number_input(key=key_of("epochs")).value == PRESETS["quick"].config.epochs
    app.number_input(key=key_of("epochs")).set_value(9).run()
    assert app.run().number_input(key=key_of("epochs")).value == 9


def test_start_hands_the_form_to_a_job_and_says_where_to_watch_it(
    all_data_here: None, open_page: OpenPage, started: list[TrainConfig]
) -> None:
    app = open_page()
    app.number_input(key=key_of("epochs")).set_value(7)
    app.text_input(key=key_of("name")).set_value("mine").run()
    find_button(app, "Start").click().run()
    assert started == [PRESETS["quick"].config.replace(epochs=7, name="mine")]
    (link,) = [link for link in app.get("page_link") if link.proto.label == "Watch it on Train"]
    assert link.proto.query_string.startswith("run=")
    assert "mine is starting." in captions(app).replace("\\", "")


def test_a_run_that_must_wait_says_its_place_in_line(
    all_data_here: None, open_page: OpenPage, started: list[TrainConfig], make_run: Callable[..., Run]
) -> None:
    """The slot is taken by a run, and another waits already: the new one is the second of two."""
    settings = Settings.from_environment()
    busy, first = make_run(name="busy"), make_run(name="first")
    for run, state in ((busy, State.RUNNING), (first, State.QUEUED)):
        run.write_status(Status(state, created=now(), updated=now()))
    queue = Queue(settings.runs, settings.jobs)
    queue.line_up(first)
    with busy.lock(), first.lock():
        app = open_page()
        app.text_input(key=key_of("name")).set_value("second").run()
        find_button(app, "Start").click().run()
        (toast,) = app.toast
        assert toast.value.replace("\\", "") == "second is queued, 2nd of 2. Watch it on Train."
        assert "second is queued, 2nd of 2." in captions(app).replace("\\", "")


def test_a_bad_value_is_said_right_below_its_field(open_page: OpenPage) -> None:
    app = open_page()
    app.number_input(key=key_of("learning_rate")).set_value(-1.0).run()
    kinds = [
        (element.type, getattr(element, "label", ""))
        for element in app.sidebar
        if element.type in ("number_input", "selectbox", "text_input", "alert", "error")
    ]
    place = next(n for n, (kind, _) in enumerate(kinds) if kind in ("alert", "error"))
    assert kinds[place - 1] == ("number_input", "Learning rate")
    assert "Before the start, correct: Learning rate." in captions(app)


def test_teachers_are_chosen_among_all_models_and_one_that_may_not_teach_is_named_at_the_field(
    open_page: OpenPage, make_model: MakeModel
) -> None:
    make_model("plain", 7)
    app = open_page()
    app.selectbox(key=key_of("model")).set_value("softmax")
    app.number_input(key=key_of("epochs")).set_value(3)
    app.number_input(key=key_of("distillation_epochs")).set_value(1).run()
    assert app.multiselect(key=key_of("teachers")).options == ["plain"]
    app.multiselect(key=key_of("teachers")).set_value(["plain"])
    app.number_input(key=key_of("validation_share")).set_value(0.3).run()
    assert form_of(app).teachers == "plain"
    app = find_button(app, "Start").click().run()
    said = [line.value for line in app.error]
    assert len(said) == 2, "at the field, which is folded away, and above the button"
    assert all("plain has learned from images that are held out here" in one for one in said)


def test_what_only_the_start_can_refuse_is_said_at_its_field_in_the_forms_words(
    open_page: OpenPage, make_model: MakeModel
) -> None:
    """The list offers only models of the same kind; a cloned run may name another, and so may a changed form."""
    make_model("plain", 7)
    app = open_page()
    app.selectbox(key=key_of("model")).set_value("softmax").run()
    app.selectbox(key=key_of("start_from")).set_value("plain").run()
    app.selectbox(key=key_of("model")).set_value("cnn").run()
    app = find_button(app, "Start").click().run()
    (line,) = app.error
    assert line.value.replace("\\", "").startswith("Start from is 'plain'; it is a softmax, whose weights do not fit")
    app.selectbox(key=key_of("model")).set_value("softmax").run()
    assert not app.error


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("epochs", -1, "Epochs is -1; choose a number from 0 to 1000."),
        ("batch_size", 0, "Batch size is 0; choose a number from 1 to 10000."),
        ("learning_rate", -1.0, "Learning rate is -1.0; choose a number from 1e-07 to 100."),
        ("learning_rate", None, "Learning rate is 0.0; choose a number from 1e-07 to 100."),
        ("non_digits", 1.5, "Non-digits is 1.5; choose a number from 0 to 1."),
    ],
)
def test_a_bad_value_is_said_in_the_forms_own_words_and_starts_nothing(
    open_page: OpenPage, started: list[TrainConfig], field: str, value: float | None, said: str
) -> None:
    app = open_page()
    app.number_input(key=key_of(field)).set_value(value).run()
    (line,) = app.error
    assert line.value.replace("\\", "") == said
    assert said.startswith(app.number_input(key=key_of(field)).label)
    assert find_button(app, "Start").disabled
    assert not started
    assert not app.exception


def test_no_data_and_unknown_data_start_nothing(open_page: OpenPage, started: list[TrainConfig]) -> None:
    app = open_page()
    app.multiselect(key=key_of("data")).set_value([]).run()
    assert len(app.error) == 1
    app.multiselect(key=key_of("data")).set_value(["pen"]).run()
    (line,) = app.error
    assert "Pen digits cannot be trained on" in line.value
    assert not started


def test_without_mnist_and_pen_digits_the_form_starts_with_scikit_learns(open_page: OpenPage) -> None:
    app = open_page()
    assert form_of(app).data == "sklearn"
    assert "so scikit" in captions(app)
    app.selectbox(key=PRESET).set_value("cnn").run()
    assert form_of(app) == PRESETS["cnn"].config.replace(data="sklearn")


def test_a_full_queue_is_said_in_one_line(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_config: TrainConfig, _settings: Settings, _visitor: Visitor) -> Run:
        raise QueueFull("20 runs wait for a slot already.")

    monkeypatch.setattr(sidebar, "start_job", refuse)
    app = find_button(open_page(), "Start").click().run()
    assert ["20 runs wait" in line.value for line in app.error] == [True]


def test_values_stay_when_the_page_changes(open_page: OpenPage) -> None:
    app = open_page()
    app.number_input(key=key_of("learning_rate")).set_value(0.0001).run()
    app.switch_page(TRAIN).run()
    assert form_of(app).learning_rate == 0.0001
    assert "Changed from the preset: learning rate." in captions(app)
