"""The page Lab: what it shows of an image, what the address asks for, and how measurements are started and followed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digitlab.data.dataset import load_part
from digitlab.explain.perturbations import PERTURBATIONS
from digitlab.explain.robustness import choose_images
from digitlab.jobs import launcher
from digitlab.jobs.measurement import Plan, find_measurement
from digitlab.jobs.queue import Command, read_command
from digitlab.runs.robustness import Robustness, RobustnessCurve, save_robustness
from digitlab.runs.run import Run
from digitlab.runs.scores import origin_of
from digitlab.runs.status import State, Status
from digitlab.settings import Settings
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, captions, draw, find_button, given

CURVE = RobustnessCurve(PERTURBATIONS["noise"].version, (0.0, 50.0, 100.0), (300, 200, 100), 359)
OpenLab = Callable[..., AppTest]


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture
def open_lab(open_page: OpenPage) -> OpenLab:
    """The page at an address: open_lab(rotation="30")."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(f"{PAGES}/lab.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets the id of every job whose process would be started; none is, and each counts as starting."""
    ids: list[str] = []
    monkeypatch.setattr("digitlab.runs.run._STARTING", 3600.0)
    monkeypatch.setattr(launcher, "start_process", lambda _module, folder, *_: ids.append(Path(folder).name))
    return ids


@pytest.fixture
def softmax(make_model: MakeModel) -> Run:
    """A model that says 7 to everything."""
    return make_model("softmax", 7)


def measured(run: Run, settings: Settings) -> None:
    images = choose_images(load_part("sklearn", "test", settings.data)).fingerprint()
    settings.runs.mkdir(parents=True, exist_ok=True)
    save_robustness(run, "sklearn", settings.runs, Robustness(*origin_of(run, images), {"noise": CURVE}))


def panel(app: AppTest) -> dict[str, Any]:
    return given(app, "digitlab.lab")


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


@pytest.mark.usefixtures("softmax")
def test_a_sample_is_shown_with_verdicts_and_the_sliders_of_the_first_group(open_lab: OpenLab) -> None:
    app = open_lab()
    assert not app.exception
    html = panel(app)["html"]
    assert 'aria-label="softmax" data-digit="7"' in html
    assert 'data-ask="rotation"' in html
    assert "number 0 of scikit-learn's digits" in captions(app)


@pytest.mark.usefixtures("softmax")
def test_the_address_says_where_the_sliders_stand(open_lab: OpenLab) -> None:
    app = open_lab(hand="noise", noise="40", contrast="-20", sample="3")
    parameters = panel(app)["wish"]["parameters"]
    assert (parameters["noise"], parameters["contrast"], parameters["hand"]) == (40.0, -20.0, "noise")
    assert 'data-ask="noise"' in panel(app)["html"]
    part = load_part("sklearn", "test", Settings.from_environment().data)
    assert parameters["digit"] == int(part.labels[3])
    assert panel(app)["wish"]["lane"] == "slow"


@pytest.mark.usefixtures("softmax")
def test_an_amount_that_no_slider_has_gets_one_line(open_lab: OpenLab) -> None:
    app = open_lab(noise="1e9")
    assert not app.exception
    assert [warning.value.startswith("The address asks for noise") for warning in app.warning] == [True]
    assert panel(app)["wish"]["parameters"]["noise"] == 0


@pytest.mark.usefixtures("softmax")
def test_the_drawing_of_draw_is_disturbed_and_nobody_says_what_it_shows(open_page: OpenPage) -> None:
    app = draw(open_page()).switch_page(f"{PAGES}/lab.py").run()
    assert "This is your drawing." in captions(app)
    assert panel(app)["wish"]["parameters"]["digit"] == -1


def test_without_a_model_the_page_says_so(open_lab: OpenLab) -> None:
    app = open_lab()
    assert not app.exception
    assert "There is no model yet" in app.info[0].value


def test_curves_of_all_models_lie_over_each_other_with_a_mark_where_the_slider_stands(
    softmax: Run, make_model: MakeModel, open_lab: OpenLab, settings: Settings
) -> None:
    other = make_model("cnn", 1)
    measured(softmax, settings)
    measured(other, settings)
    (figure,) = figures(open_lab(hand="noise", noise="40"))
    lines = [trace for trace in figure["data"] if trace.get("name")]
    assert [trace["name"] for trace in lines] == ["softmax", "cnn"]
    assert np.allclose(lines[0]["y"], [300 / 359, 200 / 359, 100 / 359])
    assert figure["layout"]["shapes"][0]["x0"] == 40
    assert not [button for button in open_lab(hand="noise").button if button.label.startswith("Measure")]


def test_a_model_that_was_not_measured_is_measured_at_a_click_and_followed(
    softmax: Run, open_lab: OpenLab, settings: Settings, spawned: list[str]
) -> None:
    app = open_lab(hand="noise")
    assert not figures(app)
    app = find_button(app, "Measure softmax").click().run()
    assert len(spawned) == 1
    job = find_measurement(settings.runs, Plan("softmax", "sklearn"))
    assert job is not None
    assert find_button(app, "Stop")
    find_button(app, "Stop").click().run()
    assert read_command(job) is Command.STOP
    job.mark(State.DONE)
    measured(softmax, settings)
    assert len(figures(app.run())) == 1


@pytest.mark.usefixtures("softmax", "spawned")
def test_progress_says_what_is_measured_and_how_long_it_takes(open_lab: OpenLab, settings: Settings) -> None:
    app = find_button(open_lab(), "Measure softmax").click().run()
    job = find_measurement(settings.runs, Plan("softmax", "sklearn"))
    assert job is not None
    with job.lock():
        job.write_status(Status(State.RUNNING, step=25, steps=100, seconds=20.0, message="Measuring Noise."))
        (bar,) = app.run().get("progress")
    assert bar.proto.text == "softmax: measuring noise, 25\u202f%, 1\u202fmin 00\u202fs left"
    assert bar.proto.value == 25


@pytest.mark.usefixtures("softmax", "spawned")
def test_a_measurement_that_failed_says_why_and_can_be_started_again(open_lab: OpenLab, settings: Settings) -> None:
    app = find_button(open_lab(), "Measure softmax").click().run()
    job = find_measurement(settings.runs, Plan("softmax", "sklearn"))
    assert job is not None
    job.mark(State.FAILED, "Memory ran out.")
    app.run()
    assert "Memory ran out" in captions(app)
    assert not find_button(app, "Measure softmax").disabled


def test_a_foreign_file_of_curves_is_one_line_and_the_rest_of_the_page_goes_on(
    make_run: Callable[..., Run], open_lab: OpenLab
) -> None:
    run = make_run()
    (run.folder / "robustness").mkdir()
    (run.folder / "robustness" / "sklearn.json").write_text('{"format": 9}')
    app = open_lab(models=run.id)
    assert not app.exception
    (error,) = app.error
    assert "damaged or foreign" in error.value.replace("\\", "")
    assert 'data-ask="rotation"' in panel(app)["html"]


def test_a_run_that_still_learns_is_not_measured_yet(make_run: Callable[..., Run], open_lab: OpenLab) -> None:
    run = make_run()
    with run.lock():
        run.mark(State.RUNNING)
        app = open_lab(models=run.id)
    button = next(one for one in app.button if one.label.startswith("Measure"))
    assert button.disabled
    assert "when its training has ended" in button.help


def test_the_models_chosen_on_draw_are_asked_here_too(make_model: MakeModel, open_page: OpenPage) -> None:
    for name, digit in (("softmax", 7), ("cnn", 1), ("other", 3)):
        make_model(name, digit)
    app = open_page().switch_page(f"{PAGES}/lab.py").run()
    assert app.multiselect(key="models").value == ["softmax", "cnn"]
    app = open_page(models="other,cnn").switch_page(f"{PAGES}/lab.py")
    app.query_params.clear()
    app.run()
    assert app.multiselect(key="models").value == ["other", "cnn"]
    assert app.query_params["models"] == "other,cnn"
    assert [f'aria-label="{name}"' in panel(app)["html"] for name in ("softmax", "cnn", "other")] == [False, True, True]
