"""The pages of a class server, as a pupil and as the teacher see them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digitlab.access import Visitor
from digitlab.config import TrainConfig
from digitlab.data.collection import collection_is_open, open_collection
from digitlab.data.handwriting import add_drawing
from digitlab.data.handwriting_file import my_drawings
from digitlab.ink.strokes import Drawing
from digitlab.jobs.launcher import LocalLauncher
from digitlab.jobs.measurement import measurements
from digitlab.jobs.queue import Command, read_command
from digitlab.runs.label import read_label
from digitlab.runs.owner import as_files, owner_of
from digitlab.runs.run import Run, now
from digitlab.runs.status import State, Status
from digitlab.settings import Settings
from digitlab.ui.shared.collection_note import NOTE
from tests.pages.driven_page import PAGES, STROKE, MakeModel, OpenPage, captions, find_button
from tests.pages.handwriting_page import data_of, folder, slanted
from tests.ui.app.class_server import ANNA, BO, CODE, TEACHER, TEACHER_CODE, cookie_of, share

OpenAs = Callable[..., AppTest]


@pytest.fixture
def open_as(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> OpenAs:
    """A page of a class server as somebody sees it: open_as(ANNA, "train", run="…")."""
    share(monkeypatch)

    def open_at(visitor: Visitor, page: str, **query: str) -> AppTest:
        monkeypatch.setattr("digitlab.ui.app.visitor._cookie", lambda: cookie_of(visitor))
        app = open_page().switch_page(f"{PAGES}/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


def run_of(visitor: Visitor, state: State, data: str = "sklearn", name: str = "the run") -> Run:
    config = TrainConfig(model="softmax", data=data, name=name)
    run = Run.create(Settings.from_environment().runs, config, as_files(visitor.hand))
    run.write_status(Status(state, created=now(), updated=now()))
    return run


def label(app: AppTest, name: str) -> AppTest:
    """What the pad sends when a drawing is labelled."""
    labels = [{"id": name, "digit": 7, "strokes": STROKE, "penWidth": 18}]
    app.session_state["pad"] = {"drawing": {"number": 2, "strokes": [], "penWidth": 18, "labels": labels}}
    return app.run()


def words(app: AppTest) -> str:
    return "\n".join([*(one.value for one in app.markdown), *(one.value for one in app.code)])


def test_a_pupil_reads_what_is_shared_and_no_code(open_as: OpenAs) -> None:
    app = open_as(ANNA, "about")
    assert not app.exception
    assert "Other pupils do not see it" in words(app)
    assert "Each pupil may have" in str(data_of(app, "digitlab.facts")["html"])
    everything = str(app.get("bidi_component")) + words(app) + captions(app)
    assert CODE not in everything
    assert TEACHER_CODE not in everything
    assert str(Settings.from_environment().data) not in everything


def test_a_teacher_sees_link_code_and_their_own_code(open_as: OpenAs) -> None:
    app = open_as(TEACHER, "about")
    html = str(data_of(app, "digitlab.joining", 0)["html"])
    assert CODE in html
    assert "/join</dd>" in html
    assert "data:image/png;base64," in html
    assert TEACHER_CODE not in html
    assert TEACHER_CODE in words(app)


def test_on_a_computer_of_ones_own_about_says_that_all_is_open_and_how_to_share(open_page: OpenPage) -> None:
    app = open_page().switch_page(f"{PAGES}/about.py").run()
    assert "open to everyone who reaches it" in words(app)
    assert "DIGITLAB_SHARED=class streamlit run app.py --server.address 0.0.0.0" in words(app)
    assert "Each pupil" not in str(data_of(app, "digitlab.facts")["html"])
    assert not app.exception


def test_the_teacher_opens_the_collection_and_closes_it(open_as: OpenAs) -> None:
    app = open_as(TEACHER, "about")
    settings = Settings.from_environment()
    app.toggle[0].set_value(True).run()
    assert collection_is_open(settings)
    assert open_as(TEACHER, "about").toggle[0].value is True
    app.toggle[0].set_value(False).run()
    assert not collection_is_open(settings)


def test_who_has_no_pass_any_more_sees_one_line(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    share(monkeypatch)
    app = open_page()
    assert [line.value for line in app.error] == ["Your pass has ended\\. Load the page again to join\\."]
    assert not app.title
    assert not app.button


@pytest.mark.parametrize(("visitor", "off"), [(ANNA, False), (BO, True), (TEACHER, False)])
def test_only_its_pupil_and_the_teacher_can_change_a_run(open_as: OpenAs, visitor: Visitor, off: bool) -> None:
    run = run_of(ANNA, State.STOPPED)
    app = open_as(visitor, "train", run=run.id)
    found = {label: find_button(app, label).disabled for label in ("Star", "Rename", "Resume", "Delete")}
    assert found == dict.fromkeys(found, off)
    assert not find_button(app, "Clone").disabled


def test_a_pupil_who_presses_all_the_same_is_refused(open_as: OpenAs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(ANNA, State.STOPPED)
    app = open_as(ANNA, "train", run=run.id)
    monkeypatch.setattr("digitlab.ui.app.visitor._cookie", lambda: cookie_of(BO))
    for pressed in ("Star", "Resume"):
        find_button(app, pressed).click()
    app.run()
    assert ["belongs to somebody else" in toast.value for toast in app.toast] == [True, True]
    assert not read_label(run).starred
    assert run.state is State.STOPPED


def test_a_pupil_stops_their_own_run_on_its_card(open_as: OpenAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitlab.runs.run._STARTING", 3600.0)
    run = run_of(ANNA, State.QUEUED)
    assert find_button(open_as(BO, "train"), "Stop").disabled
    app = open_as(ANNA, "train")
    find_button(app, "Stop").click().run()
    assert read_command(run) is Command.STOP


def test_a_second_start_is_refused_in_one_line(open_as: OpenAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalLauncher, "start", lambda *_: None)
    monkeypatch.setattr("digitlab.runs.run._STARTING", 3600.0)
    app = open_as(ANNA, "about")
    find_button(app, "Start").click().run()
    find_button(app, "Start").click().run()
    assert ["You have 1 unfinished run;" in line.value for line in app.error] == [True]
    runs = [Run(path) for path in Settings.from_environment().runs.glob("2*")]
    assert [owner_of(run) for run in runs] == [ANNA.id]


def test_what_somebody_drew_is_not_shown_with_their_run(
    open_as: OpenAs, downloads: dict[str, Callable[[], str]], make_model: MakeModel
) -> None:
    from digitlab.runs.scores import save_samples

    run = run_of(ANNA, State.DONE, data="mine")
    shipped = make_model("softmax", 7)
    run.weights.write_bytes(shipped.weights.read_bytes())
    images = np.zeros((3, 28, 28), np.uint8)
    save_samples(run, images, images[:, 0, 0])
    for visitor, is_shown in ((ANNA, True), (BO, False), (TEACHER, True)):
        downloads.clear()
        app = open_as(visitor, "train", run=run.id)
        learned = str(data_of(app, "digitlab.learned")["html"])
        assert ("Validation images" in learned) is is_shown
        assert bool(downloads) is is_shown


def test_how_a_run_reads_what_somebody_drew_is_not_shown_to_others(open_as: OpenAs) -> None:
    run = run_of(ANNA, State.DONE, data="mine")
    figures = {"accuracy": 0.5, "images": 4, "mistakes": 2, "interval": [0.2, 0.8]}
    results = {
        "parameters": 7850,
        "test": {"mine": figures, "mnist": figures},
        "before": {"mine": figures, "mnist": figures},
    }
    run.write_results(results)
    for visitor, is_shown in ((ANNA, True), (BO, False), (TEACHER, True)):
        app = open_as(visitor, "train", run=run.id)
        assert not app.exception
        table = app.dataframe[0].value
        assert ("Test My handwriting" in table.columns) is is_shown
        assert "Test MNIST" in table.columns
        assert [
            "My handwriting" in [one.label for one in app.metric],
            "MNIST" in [one.label for one in app.metric],
        ] == [
            is_shown,
            True,
        ]


def test_a_full_share_of_the_collection_is_one_line_and_the_label_counts(
    open_as: OpenAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(monkeypatch, PUPIL_COLLECTED="1")
    settings = Settings.from_environment()
    open_collection(settings, True)
    app = open_as(ANNA, "draw")
    label(app, "the first")
    assert not app.error
    label(app, "the second")
    assert ["Your share of the class" in line.value for line in app.error] == [True]
    assert (len(my_drawings(settings.of(ANNA.hand).drawings)), len(my_drawings(folder()))) == (2, 1)


def test_my_handwriting_shows_ones_own_drawings(open_as: OpenAs) -> None:
    for visitor, writer in ((ANNA, "anna"), (BO, "bo")):
        own = Settings.from_environment().of(visitor.hand).drawings
        add_drawing(own, Drawing(ink=slanted(3)), 7, writer)
    for visitor, writer in ((ANNA, "anna"), (BO, "bo")):
        assert writer in str(data_of(open_as(visitor, "handwriting"), "digitlab.one_drawing")["html"])
    assert "There are no drawings yet" in open_as(TEACHER, "handwriting").info[0].value


def test_a_drawing_of_somebody_else_cannot_be_named(open_as: OpenAs) -> None:
    own = add_drawing(Settings.from_environment().of(ANNA.hand).drawings, Drawing(ink=slanted(3)), 7, "anna")
    add_drawing(Settings.from_environment().of(BO.hand).drawings, Drawing(ink=slanted(4)), 1, "bo")
    app = open_as(BO, "handwriting", drawing=own.id)
    assert "anna" not in str(data_of(app, "digitlab.one_drawing")["html"])


def test_a_label_goes_to_the_pupils_drawings_and_once_the_page_said_so_to_the_collection(open_as: OpenAs) -> None:
    settings = Settings.from_environment()
    app = open_as(ANNA, "draw")
    open_collection(settings, True)
    label(app, "before the page said so")
    assert (len(my_drawings(settings.of(ANNA.hand).drawings)), len(my_drawings(folder()))) == (1, 0)
    assert NOTE in captions(app)
    label(app, "after that")
    assert (len(my_drawings(settings.of(ANNA.hand).drawings)), len(my_drawings(folder()))) == (2, 1)


def test_the_note_stands_only_while_the_collection_is_open(open_as: OpenAs) -> None:
    settings = Settings.from_environment()
    assert NOTE not in captions(open_as(ANNA, "draw"))
    open_collection(settings, True)
    app = open_as(ANNA, "handwriting")
    assert NOTE in captions(app)
    open_collection(settings, False)
    assert NOTE not in captions(app.run())
    open_collection(settings, True)
    assert NOTE not in captions(open_as(TEACHER, "draw"))


def test_no_scores_on_a_pupils_drawings_are_kept_with_a_run(open_as: OpenAs, make_model: MakeModel) -> None:
    run = make_model("softmax", 7)
    for number in range(6):
        add_drawing(Settings.from_environment().of(ANNA.hand).drawings, Drawing(ink=slanted(number)), 7, "anna")
    app = open_as(ANNA, "evaluate", model="softmax", data="mine")
    assert not app.exception
    assert not app.error
    assert not list(Path(run.folder).rglob("mine.npz"))
    other = open_as(BO, "evaluate", model="softmax", data="mine")
    assert ["no images" in line.value for line in other.error] == [True]


def test_a_pupil_measures_one_model_at_a_time_and_stops_only_measurements_of_their_own(
    open_as: OpenAs, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitlab.runs.run._STARTING", 3600.0)
    monkeypatch.setattr(LocalLauncher, "start", lambda *_given: None)
    make_model("softmax", 7)
    make_model("cnn", 1)
    app = find_button(open_as(ANNA, "lab"), "Measure softmax").click().run()
    (job,) = measurements(Settings.from_environment().runs)
    assert owner_of(job) == ANNA.id
    app = find_button(app, "Measure cnn").click().run()
    assert "You have 1 unfinished run" in app.toast[0].value
    assert find_button(open_as(BO, "lab"), "Stop").disabled
    find_button(open_as(TEACHER, "lab"), "Stop").click().run()
    assert read_command(job) is Command.STOP


@pytest.mark.parametrize("who", [ANNA, TEACHER])
def test_only_the_teacher_sees_the_answers_of_a_lesson(open_as: OpenAs, who: Visitor) -> None:
    lesson, solution = "06-why-your-1-is-a-7", "Candidates: 0 with a slash"
    app = open_as(who, "lessons", lesson=lesson, print="teacher")
    assert any(solution in one.value for one in app.markdown) is (who is TEACHER)
    assert bool(app.error) is (who is ANNA)
    app = open_as(who, "lessons", lesson=lesson)
    assert bool([one for one in app.button if one.label == "For the teacher"]) is (who is TEACHER)
