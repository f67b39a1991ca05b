"""The training form in the sidebar of every page."""

from dataclasses import replace

import pytest
import streamlit as st

from digitlab.config import Settings, TrainConfig
from digitlab.data.dataset import DATASETS
from digitlab.jobs.start import QueueFull
from digitlab.presets import PRESETS
from digitlab.runs.run import Run
from digitlab.ui.train import sidebar
from digitlab.ui.train.form import PRESET, key_of
from tests.pages.driven_page import PAGES, OpenPage, captions, find_button, form_of

TRAIN = f"{PAGES}/train.py"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[TrainConfig]:
    """What was started, by a stand-in that only makes the run's folder."""
    configs: list[TrainConfig] = []

    def start(config: TrainConfig, settings: Settings) -> Run:
        configs.append(config)
        return Run.create(settings.runs, config)

    monkeypatch.setattr(sidebar, "start_job", start)
    return configs


@pytest.fixture
def all_data_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, dataset in DATASETS.items():
        monkeypatch.setitem(DATASETS, name, replace(dataset, is_here=lambda _folder: True))


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
    assert "mine has started" in captions(app)


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
    assert "pen digits cannot be trained on" in line.value
    assert not started


def test_without_mnist_and_pen_digits_the_form_starts_with_scikit_learns(open_page: OpenPage) -> None:
    app = open_page()
    assert form_of(app).data == "sklearn"
    assert "so scikit" in captions(app)
    app.selectbox(key=PRESET).set_value("cnn").run()
    assert form_of(app) == PRESETS["cnn"].config.replace(data="sklearn")


def test_a_full_queue_is_said_in_one_line(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_config: TrainConfig, _settings: Settings) -> Run:
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
