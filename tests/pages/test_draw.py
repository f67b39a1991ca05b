"""The Draw page: what it shows for a drawing, and what it says when something is wrong."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from digitlab.data.handwriting_file import my_drawings
from digitlab.ink.strokes import Drawing, Ink, draw_ink
from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.ui.components.canvas_tools import to_fabric
from digitlab.ui.components.reveal import HIDDEN
from digitlab.ui.draw.number_view import INVITATION as NUMBER_INVITATION
from digitlab.ui.shared.answers import INVITATION
from tests.pages.driven_page import (
    STROKE,
    MakeModel,
    OpenPage,
    answers,
    captions,
    cards,
    draw,
    find_button,
    given,
    teach,
)


@pytest.fixture
def two_models(make_model: MakeModel) -> None:
    make_model("softmax", 7)
    make_model("cnn", 1)


def test_an_empty_canvas_shows_an_invitation_and_no_prediction(two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    assert cards(app) == {"softmax": "", "cnn": ""}
    assert INVITATION in answers(app)
    assert not app.exception


def test_every_chosen_model_answers_a_drawing(two_models: None, open_page: OpenPage) -> None:
    app = draw(open_page())
    assert cards(app) == {"softmax": "7", "cnn": "1"}
    assert "7,850 parameters" in answers(app)


def test_a_disagreement_is_said_in_words(two_models: None, open_page: OpenPage) -> None:
    assert "They disagree: softmax says 7, cnn says 1." in answers(draw(open_page()))


def test_a_cleared_canvas_shows_no_prediction(two_models: None, open_page: OpenPage) -> None:
    app = draw(draw(open_page()), [])
    assert cards(app) == {"softmax": "", "cnn": ""}


def test_a_drawing_stays_when_its_surface_is_left(two_models: None, open_page: OpenPage) -> None:
    app = draw(open_page())
    app.button_group(key="surface").set_value("Picture").run()
    assert cards(app) == {"softmax": "", "cnn": ""}
    app.button_group(key="surface").set_value("Pad").run()
    assert cards(app) == {"softmax": "7", "cnn": "1"}
    assert given(app, "digitlab.ink_pad")["strokes"] == STROKE


def test_the_pad_gets_the_same_data_while_it_is_drawn_on(two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    before = given(app, "digitlab.ink_pad")
    assert given(draw(app), "digitlab.ink_pad") == before


def test_the_address_chooses_the_models(two_models: None, make_model: MakeModel, open_page: OpenPage) -> None:
    make_model("third", 4)
    app = draw(open_page(models="third,softmax"))
    assert cards(app) == {"third": "4", "softmax": "7"}


def test_the_choice_of_models_goes_into_the_address(two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    app.multiselect(key="models").set_value(["cnn"]).run()
    assert app.query_params["models"] == "cnn"
    assert list(cards(app)) == ["cnn"]


def test_a_model_keeps_its_colour_when_another_leaves(two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    app.multiselect(key="models").set_value(["cnn"]).run()
    assert "#EE6677" in answers(app)


def test_panels_that_show_one_model_each_change_no_colour(two_models: None, open_page: OpenPage) -> None:
    app = open_page(panels="why").run()
    first, second = re.findall("--model:(#[0-9A-F]{6})", answers(app))
    assert (first, second) == ("#4477AA", "#EE6677")


def test_an_unknown_name_in_the_address_gets_one_line_and_the_rest_works(two_models: None, open_page: OpenPage) -> None:
    app = open_page(models="softmax,nosuch")
    assert ["nosuch" in line.value for line in app.warning] == [True]
    assert cards(draw(app)) == {"softmax": "7"}


def test_markup_in_the_address_stays_text(two_models: None, open_page: OpenPage) -> None:
    app = open_page(models="![x](http://example.org/x.png)")
    (line,) = app.warning
    assert "![x]" not in line.value
    assert not app.exception


def test_without_any_model_the_page_says_how_to_get_one(open_page: OpenPage) -> None:
    app = open_page()
    assert ["digitlab train" in line.value for line in app.info] == [True]
    assert not app.exception


@pytest.mark.parametrize(
    ("strokes", "pen_width"),
    [
        ("no strokes", 18),
        ([[[1, 2, 3]]], 18),
        ([[[float("inf"), 0]]], 18),
        ([[[0, 0]] * 30_000], 18),
        (STROKE, "broad"),
        (STROKE, 1e9),
    ],
)
def test_what_is_no_ink_gets_one_line(
    two_models: None, open_page: OpenPage, strokes: object, pen_width: object
) -> None:
    app = draw(open_page(), strokes, pen_width)
    assert len(app.error) == 1
    assert not app.exception


def test_a_model_with_damaged_weights_says_so_on_its_card_alone(make_model: MakeModel, open_page: OpenPage) -> None:
    make_model("softmax", 7)
    make_model("cnn", 1).weights.write_bytes(b"damaged")
    app = draw(open_page())
    assert cards(app) == {"softmax": "7", "cnn": ""}
    assert "damaged" in answers(app)


def test_weights_that_changed_on_disk_answer_anew(make_model: MakeModel, open_page: OpenPage) -> None:
    run = make_model("softmax", 7)
    app = draw(open_page())
    assert cards(app) == {"softmax": "7"}
    teach(run, 2)
    assert cards(app.run()) == {"softmax": "2"}


def test_missing_mnist_is_said_in_one_line(two_models: None, open_page: OpenPage) -> None:
    lines = [line.value for line in open_page().sidebar.caption]
    assert sum("MNIST is not in the data folder" in line for line in lines) == 1


def numbers(app: AppTest) -> str:
    """The HTML of the number's answers."""
    text = given(app, "digitlab.numbers")["html"]
    assert isinstance(text, str)
    return text


def test_a_number_is_read_digit_by_digit(two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    app.button_group(key="surface").set_value("Number").run()
    assert NUMBER_INVITATION in numbers(app)
    strokes = [[[x, 60], [x + 60, 60], [x + 20, 200]] for x in (60, 300, 560)]
    app.session_state["wide pad"] = {"drawing": {"number": 1, "strokes": strokes, "penWidth": 18}}
    app.run()
    assert 'aria-label="softmax" data-number="777"' in numbers(app)
    assert 'aria-label="cnn" data-number="111"' in numbers(app)
    assert "They disagree: softmax reads 777, cnn reads 111." in numbers(app)
    assert numbers(app).count("<li") == 6
    assert not app.exception


def test_a_number_that_no_model_can_read_asks_for_no_boxes(make_model: MakeModel, open_page: OpenPage) -> None:
    make_model("cnn", 1).weights.write_bytes(b"damaged")
    app = open_page()
    app.button_group(key="surface").set_value("Number").run()
    app.session_state["wide pad"] = {"drawing": {"number": 1, "strokes": STROKE, "penWidth": 18}}
    app.run()
    assert "damaged" in numbers(app)
    assert NUMBER_INVITATION in numbers(app)


def test_no_model_and_a_number_is_no_error(open_page: OpenPage) -> None:
    app = open_page()
    app.button_group(key="surface").set_value("Number").run()
    assert not app.exception


def test_the_steps_of_the_preparation_show_what_each_model_says_after_each(
    two_models: None, open_page: OpenPage
) -> None:
    app = draw(open_page(panels="steps"))
    shown = str(given(app, "digitlab.preparation")["html"])
    assert [title for title in ("Drawing", "Crop", "Scale", "Centre", "Grey") if f"<h3>{title}<" in shown] != []
    assert shown.count("<h3>") == 5
    assert shown.count("<b>7</b>") == shown.count("<b>1</b>") == 5


def test_a_step_can_be_switched_off(two_models: None, open_page: OpenPage) -> None:
    app = draw(open_page(panels="steps"))
    whole = seen(app)
    app.button_group(key="preparation").set_value(["scale", "centre", "grey"]).run()
    assert "this step is left out" in str(given(app, "digitlab.preparation")["html"])
    assert seen(app) != whole
    assert app.query_params["preparation"] == "scale,centre,grey"


def seen(app: AppTest) -> str:
    """The image that the network sees, as the page has it."""
    return answers(app).partition('src="')[2].partition('"')[0]


def test_the_epochs_are_asked_of_the_channel_and_cost_nothing_while_folded(
    two_models: None, open_page: OpenPage
) -> None:
    app = draw(open_page(panels="epochs"))
    asked = given(app, "digitlab.epochs")["wish"]
    assert isinstance(asked, dict)
    assert (asked["view"], asked["lane"], asked["pad"]) == ("epochs", "slow", "pad")
    assert [model[0] for model in asked["models"]] == ["softmax", "cnn"]
    app.button_group(key="panels").set_value([]).run()
    assert "digitlab.epochs" not in {e.proto.component_name for e in app.get("bidi_component")}


def test_the_map_is_asked_of_the_channel_and_the_page_computes_nothing(two_models: None, open_page: OpenPage) -> None:
    app = draw(open_page(panels="map"))
    asked = given(app, "digitlab.map")["wish"]
    assert isinstance(asked, dict)
    assert (asked["view"], asked["lane"]) == ("map", "slow")
    assert "appears here" in str(given(app, "digitlab.map")["html"])


def test_closing_the_panel_brings_all_steps_back(two_models: None, open_page: OpenPage) -> None:
    app = draw(open_page())
    whole = seen(app)
    app.button_group(key="panels").set_value(["steps"]).run()
    app.button_group(key="preparation").set_value(["grey"]).run()
    assert seen(app) != whole
    app.button_group(key="panels").set_value([]).run()
    assert seen(app) == whole


def whys(app: AppTest) -> list[dict[str, Any]]:
    """What each view of the panel "Why?" wants from the live channel."""
    found = [e for e in app.get("bidi_component") if e.proto.component_name == "digitlab.why"]
    return [json.loads(element.proto.json)["wish"] for element in found]


def test_why_asks_for_evidence_of_softmax_and_for_saliency_and_layers_of_networks(
    make_run: Callable[..., Run], open_page: OpenPage
) -> None:
    softmax, cnn = make_run(model="softmax"), make_run(model="cnn")
    app = draw(open_page(models=f"{softmax.id},{cnn.id}", panels="why"))
    asked = [(wish["view"], wish["lane"], [model[0] for model in wish["models"]]) for wish in whys(app)]
    assert asked == [("evidence", "quick", [softmax.id]), ("saliency", "slow", [cnn.id]), ("layers", "slow", [cnn.id])]
    assert not app.exception


def test_what_a_panel_is_asked_stands_in_the_address_and_nonsense_gets_one_notice(
    make_run: Callable[..., Run], open_page: OpenPage
) -> None:
    softmax, cnn = make_run(model="softmax"), make_run(model="cnn")
    asked = {
        "evidence-digit": "8",
        "evidence-rival": "77",
        "saliency-method": "occlusion",
        "layers-layer": "features.1.0",
        "layers-model": "../x",
        "map-projection": "tsne",
    }
    app = draw(open_page(models=f"{softmax.id},{cnn.id}", panels="why,map", **asked))
    views = {wish["view"]: wish["parameters"] for wish in whys(app)}
    assert views == {"evidence": {"digit": 8}, "saliency": {"method": "occlusion"}, "layers": {"layer": "features.1.0"}}
    assert given(app, "digitlab.map")["wish"]["parameters"] == {"projection": "tsne"}  # type: ignore[index,call-overload]
    (notice,) = (line.value for line in app.warning)
    assert "rival = 77" in notice
    assert "model = " in notice


def test_the_methods_and_projections_that_an_address_may_name_are_those_that_the_views_know() -> None:
    from digitlab.reading import maps, why
    from digitlab.ui.draw import map as map_panel
    from digitlab.ui.draw import why as why_panel

    assert why_panel.CHOICES["saliency"]["method"] == why.METHODS
    assert why_panel.CHOICES["evidence"]["digit"] == range(why.FOLLOW, 10)
    assert why_panel.CHOICES["evidence"]["rival"] == range(why.SECOND, 10)
    assert map_panel.CHOICES["projection"] == maps.PROJECTIONS


def test_a_folded_panel_asks_for_nothing(two_models: None, open_page: OpenPage) -> None:
    assert whys(draw(open_page())) == []


def send_label(app: AppTest, name: str, digit: object, stands: bool = True) -> AppTest:
    """What the pad sends when its user labels the drawing, or takes the label back."""
    label = {"id": name, "digit": digit, "stands": stands, "strokes": STROKE, "penWidth": 18}
    app.session_state["pad"] = {"drawing": {"number": 2, "strokes": [], "penWidth": 18, "labels": [label]}}
    return app.run()


def test_a_labelled_drawing_is_added_once_under_the_writers_name(two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    app.text_input(key="writer").set_value("Ada").run()
    send_label(app, "a", 7)
    send_label(app, "a", 7)
    (one,) = my_drawings(Settings.from_environment().data)
    assert (one.digit, one.writer, one.ink) == (7, "Ada", STROKE)
    assert cards(app) == {"softmax": "", "cnn": ""}


def test_a_label_that_arrives_again_in_a_new_session_is_added_once(two_models: None, open_page: OpenPage) -> None:
    for name in ("a", "a", "b", "a"):  # a pad sends its last labels again when the server has forgotten the session
        app = send_label(open_page(), name, 7)
        assert not app.exception
        assert not app.error
    assert len(my_drawings(Settings.from_environment().data)) == 2


def test_a_label_that_is_no_digit_gets_one_line_and_adds_nothing(two_models: None, open_page: OpenPage) -> None:
    app = send_label(open_page(), "a", 11)
    assert len(app.error) == 1
    assert not app.exception
    assert my_drawings(Settings.from_environment().data) == []


def test_a_data_folder_that_cannot_be_written_gets_one_line(two_models: None, open_page: OpenPage) -> None:
    Settings.from_environment().data.write_text("no folder")
    app = send_label(open_page(), "a", 7)
    assert len(app.error) == 1
    assert not app.exception


def test_a_label_that_is_taken_back_leaves_my_handwriting_and_returns_once(
    two_models: None, open_page: OpenPage
) -> None:
    app, counted = open_page(), []
    for stands in (True, False, False, True, True, False):
        send_label(app, "a", 7, stands)
        counted.append(len(my_drawings(Settings.from_environment().data)))
    assert counted == [1, 0, 0, 1, 1, 0]
    assert not app.exception
    assert not app.error


def test_a_label_can_be_taken_back_in_a_new_session(two_models: None, open_page: OpenPage) -> None:
    send_label(open_page(), "a", 7)
    send_label(open_page(), "a", 7, stands=False)
    assert my_drawings(Settings.from_environment().data) == []


def test_the_first_label_of_all_explains_where_drawings_go_until_it_is_closed(
    two_models: None, open_page: OpenPage
) -> None:
    def explains(app: AppTest) -> bool:
        return "kept on the computer that runs digitlab" in captions(app)

    app = open_page()
    assert not explains(app)
    assert explains(send_label(app, "a", 7))
    assert not explains(draw(app))
    assert explains(send_label(app, "b", 7))
    find_button(app, "Close").click().run()
    assert not explains(app)
    assert not explains(send_label(app, "c", 7))
    assert not explains(send_label(open_page(), "d", 7))


def draw_with_tools(app: AppTest, strokes: Ink) -> AppTest:
    """What the canvas with tools sends when strokes are drawn on it."""
    app.button_group(key="surface").set_value("Canvas with tools").run()
    app.session_state["canvas 0"] = {"drawing": {"raw": to_fabric(Drawing(ink=strokes, pen_width=24.0)), "data": None}}
    return app.run()


def test_a_drawing_made_with_tools_is_added_with_all_its_strokes_and_its_pen(
    two_models: None, open_page: OpenPage
) -> None:
    app = draw_with_tools(open_page(), STROKE)
    app.session_state["canvas 0"] = {
        "drawing": {"raw": to_fabric(Drawing(ink=[*STROKE, *STROKE], pen_width=24.0)), "data": None}
    }
    app.button_group(key="labels on canvas 0").set_value(7).run()
    (one,) = my_drawings(Settings.from_environment().data)
    assert (one.digit, len(one.ink), one.pen_width) == (7, 2, 24.0)
    assert cards(app) == {"softmax": "", "cnn": ""}
    app.button_group(key="surface").set_value("Pad").run()
    assert given(app, "digitlab.ink_pad")["penWidth"] == 24.0


def test_a_drawing_made_with_tools_stays_when_it_cannot_be_added(two_models: None, open_page: OpenPage) -> None:
    app = draw_with_tools(open_page(), STROKE)
    Settings.from_environment().data.write_text("no folder")
    app.button_group(key="labels on canvas 0").set_value(7).run()
    assert len(app.error) == 1
    assert cards(app) == {"softmax": "7", "cnn": "1"}


def test_a_label_given_with_tools_is_taken_back_and_the_drawing_returns(two_models: None, open_page: OpenPage) -> None:
    app = draw_with_tools(open_page(), STROKE)
    app.button_group(key="labels on canvas 0").set_value(5).run()
    find_button(app, "Take it back").click().run()
    assert my_drawings(Settings.from_environment().data) == []
    assert not [button for button in app.button if button.label == "Take it back"]
    app.button_group(key="surface").set_value("Pad").run()
    assert given(app, "digitlab.ink_pad")["strokes"] == STROKE


def test_the_picture_that_came_last_is_read_and_the_other_returns_without_it(
    two_models: None, open_page: OpenPage
) -> None:
    app = open_page(surface="Picture")
    app.toggle(key="camera").set_value(True).run()
    app.file_uploader(key="uploaded picture").upload("two.png", picture_of(2), "image/png").run()
    assert '"softmax" data-number="77"' in numbers(app)
    assert app.toggle(key="camera").value is True
    assert [one.proto.label for one in app.get("camera_input")] == ["Photo of digits"]
    app.file_uploader(key="uploaded picture").upload("three.png", picture_of(3), "image/png").run()
    assert '"softmax" data-number="777"' in numbers(app)


def picture_of(strokes: int) -> bytes:
    """A picture, dark on white, of so many upright strokes, as a PNG file."""
    ink: Ink = [[[60.0 + 200 * n, 60.0], [60.0 + 200 * n, 220.0]] for n in range(strokes)]
    file = io.BytesIO()
    Image.fromarray(255 - draw_ink(ink, 18, (840, 280))).save(file, "PNG")
    return file.getvalue()


def test_a_model_below_its_threshold_is_not_sure(make_model: MakeModel, open_page: OpenPage) -> None:
    run = make_model("softmax", 7)
    run.write_results({**run.results, "doubt": {"temperature": 1.0, "threshold": 0.99}})
    assert "softmax is not sure: this may not be a digit." in answers(draw(open_page()))


@pytest.mark.parametrize("sent", [1, "x", [1], {"strokes": 5}, {"number": 10**400, "strokes": STROKE, "penWidth": 1e6}])
def test_what_no_pad_sends_is_one_line_on_the_page(sent: object, two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    app.session_state["pad"] = {"drawing": sent}
    app.run()
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.parametrize("labels", [5, "ab", [{"id": "\ud800", "digit": 7}], {"id": "a"}])
def test_labels_that_no_pad_sends_are_one_line_on_the_page(
    labels: object, two_models: None, open_page: OpenPage
) -> None:
    app = open_page()
    app.session_state["pad"] = {"drawing": {"number": 1, "strokes": STROKE, "penWidth": 18, "labels": labels}}
    app.run()
    assert not app.exception
    assert len(app.error) == 1


FAR = {"raw": to_fabric(Drawing(ink=STROKE, pen_width=1e6)), "data": None}


@pytest.mark.parametrize("sent", [1, "x", {"raw": 5}, {"raw": {"objects": None}}, {"raw": {"objects": [None]}}, FAR])
def test_what_no_canvas_sends_is_one_line_on_the_page(sent: object, two_models: None, open_page: OpenPage) -> None:
    app = open_page(surface="Canvas with tools")
    app.session_state["canvas 0"] = {"drawing": sent}
    app.run()
    assert not app.exception
    assert len(app.error) == 1


def test_a_dot_is_no_digit(two_models: None, open_page: OpenPage) -> None:
    app = draw(open_page(), [[[100, 100]]])
    assert cards(app) == {"softmax": "", "cnn": ""}
    assert "A single dot is not a digit. Draw one." in answers(app)


def test_a_small_drawing_with_a_broad_pen_is_answered_with_a_remark(two_models: None, open_page: OpenPage) -> None:
    small = [[[100, 100], [130, 100], [115, 130]]]
    app = draw(open_page(), small)
    assert cards(app) == {"softmax": "7", "cnn": "1"}
    assert "Draw larger, or choose a finer pen" in answers(app)
    assert "finer pen" not in answers(draw(app, small, pen_width=10))


def test_a_wide_pad_full_of_marks_is_said_to_hold_no_number(two_models: None, open_page: OpenPage) -> None:
    app = open_page(surface="Number")
    dots = [[[20 + 8 * (n % 100), 20 + 8 * (n // 100)]] for n in range(3000)]
    app.session_state["wide pad"] = {"drawing": {"number": 1, "strokes": dots, "penWidth": 1}}
    app.run()
    assert not app.exception
    assert "3,000 separate marks. That is noise or a page of text" in str(given(app, "digitlab.numbers")["html"])


def test_a_vote_hides_every_answer_and_gives_the_pad_s_digit_keys_to_it(two_models: None, open_page: OpenPage) -> None:
    app = draw(open_page(vote="True", panels="steps"))
    hidden = {name: given(app, f"digitlab.{name}")["hidden"] for name in ("answers", "preparation")}
    assert [HIDDEN in shown["html"] for shown in hidden.values()] == [True, True]
    assert 'data-digit="7"' not in hidden["answers"]["html"]
    assert "They disagree" not in hidden["answers"]["html"]
    assert given(app, "digitlab.ink_pad")["labelKeys"] is False
    assert given(app, "digitlab.vote")["models"] == [["softmax", "softmax"], ["cnn", "cnn"]]
    app.toggle(key="vote").set_value(False).run()
    assert "vote" not in app.query_params
    assert "hidden" not in given(app, "digitlab.answers")
    assert given(app, "digitlab.ink_pad")["labelKeys"] is True
    assert not app.exception


def test_votes_count_for_one_digit_alone(two_models: None, open_page: OpenPage) -> None:
    app = open_page(vote="True", surface="Canvas with tools")
    assert given(app, "digitlab.vote")["subject"] == ""
    app = open_page(vote="True", surface="Number")
    assert given(app, "digitlab.vote")["isDigit"] is False
    assert not app.exception


def test_hints_learn_what_was_followed(two_models: None, open_page: OpenPage) -> None:
    app = open_page()
    first, second = _hints(app)
    assert first == second
    assert first["followed"] == {"draw": False, "look": False, "teach": False}
    app.button_group(key="panels").set_value(["steps"]).run()
    assert _hints(draw(app))[0]["followed"] == {"draw": True, "look": True, "teach": False}


def _hints(app: AppTest) -> list[dict[str, Any]]:
    """What the hints at both places were given."""
    found = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "digitlab.hints"]
    return [json.loads(proto.json) for proto in found]
