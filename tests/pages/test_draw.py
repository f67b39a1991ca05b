"""The Draw page: what it shows for a drawing, and what it says when something is wrong."""

import pytest

from digitlab.ui.answers import INVITATION
from tests.pages.driven_page import STROKE, MakeModel, OpenPage, answers, cards, draw, given, teach


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
    assert "7,850 weights" in answers(app)


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
