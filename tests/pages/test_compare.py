"""The Compare page: the table, the test, the cells and their images, and what it says where something is missing."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.pen import pen_drawings
from digitlab.data.sklearn_digits import load_sklearn_digits
from digitlab.runs.run import Run
from digitlab.runs.scores import save_scores, score
from tests.pages.driven_page import PAGES, MakeModel, OpenPage, answers, cards

COMPARE = f"{PAGES}/compare.py"
OpenCompare = Callable[..., AppTest]


@pytest.fixture
def open_compare(open_page: OpenPage) -> OpenCompare:
    """The Compare page at an address: open_compare(compared="softmax,cnn"); on scikit-learn's digits unless it says."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(COMPARE)
        for name, value in {"data": "sklearn", **query}.items():
            app.query_params[name] = value
        return app.run()

    return open_at


@pytest.fixture
def two_models(make_model: MakeModel) -> None:
    make_model("softmax", 7)
    make_model("cnn", 1)


def said(digit: int) -> int:
    """How many images of the test part show the digit."""
    return int((load_sklearn_digits(PartName.TEST, 0.1).labels == digit).sum())


def html(app: AppTest, component: str, number: int = 0) -> str:
    text = given(app, component, number)["html"]
    assert isinstance(text, str)
    return text


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info, *app.warning])


def test_the_table_has_a_column_for_each_model_and_marks_the_best(two_models: None, open_compare: OpenCompare) -> None:
    app = open_compare()
    table = html(app, "digitlab.comparison")
    right = [said(digit) for digit in (7, 1)]
    assert [f"{100 * number / 359:.2f}" in table for number in right] == [True, True]
    assert ('class="best"' in table) == (right[0] != right[1])
    assert not app.exception


def figures(app: AppTest, name: str) -> list[str]:
    """A line of the table: what stands in each model's column."""
    line = html(app, "digitlab.comparison").partition(f">{name}</th>")[2].partition("</tr>")[0]
    return re.findall(r"<td[^>]*>([^<]*)</td>", line)


def test_models_of_the_same_weights_have_columns_of_their_own(
    make_model: MakeModel, next_digit: str, open_compare: OpenCompare
) -> None:
    make_model("one", 7)
    make_model("other", 7, model=next_digit)
    make_model("calm", 7, temperature=2.0)
    app = open_compare(compared="one,other,calm", pair="one,other", cell="only-b")
    assert figures(app, "Mistakes") == [str(359 - said(digit)) for digit in (7, 8, 7)]
    losses = [float(loss) for loss in figures(app, "Loss")]
    assert losses[0] > losses[2]
    assert f"**{said(7)}**  \nonly one right" in [button.label for button in app.button]
    assert "8 → 7, 8" in html(app, "digitlab.image_grid")
    assert cards(app) == {"one": "7", "other": "8"}


def test_each_cell_says_how_many_images_it_has(two_models: None, open_compare: OpenCompare) -> None:
    labels = [button.label for button in open_compare().button]
    assert f"**{said(7)}**  \nonly softmax right" in labels
    assert f"**{said(1)}**  \nonly cnn right" in labels
    assert "**0**  \nboth right" in labels


def test_a_cell_opens_its_images_with_both_verdicts(two_models: None, open_compare: OpenCompare) -> None:
    app = open_compare()
    app.button(key="only-b").click().run()
    assert app.query_params["cell"] == "only-b"
    assert cards(app) == {"softmax": "7", "cnn": "1"}
    assert "They disagree: softmax says 7, cnn says 1." in answers(app)
    assert "1 → 7, 1" in html(app, "digitlab.image_grid")


def test_the_address_reopens_cell_and_image(two_models: None, open_compare: OpenCompare) -> None:
    labels = load_sklearn_digits(PartName.TEST, 0.1).labels.tolist()
    last = max(index for index, digit in enumerate(labels) if digit == 7)
    app = open_compare(cell="only-a", image=str(last))
    assert f"Image {last}, a 7." in words(app)


def test_an_empty_cell_says_so(two_models: None, open_compare: OpenCompare) -> None:
    assert "There are no such images." in words(open_compare(cell="both-right"))


def test_of_three_models_a_pair_is_chosen(two_models: None, make_model: MakeModel, open_compare: OpenCompare) -> None:
    make_model("third", 4)
    app = open_compare(compared="softmax,cnn,third", pair="cnn,third")
    assert app.selectbox(key="pair").value == "cnn,third"
    assert cards(app) == {"cnn": "1", "third": "4"}


def test_a_pair_whose_model_has_left_is_forgotten(
    two_models: None, make_model: MakeModel, open_compare: OpenCompare
) -> None:
    make_model("third", 4)
    make_model("fourth", 5)
    app = open_compare(compared="softmax,cnn,third,fourth", pair="cnn,third")
    app.multiselect(key="compared").set_value(["softmax", "cnn", "fourth"]).run()
    assert app.selectbox(key="pair").value == "softmax,cnn"
    assert not app.warning
    assert not app.exception


def test_the_choice_of_models_goes_into_the_address(
    two_models: None, make_model: MakeModel, open_compare: OpenCompare
) -> None:
    make_model("third", 4)
    app = open_compare()
    app.multiselect(key="compared").set_value(["third", "cnn"]).run()
    assert app.query_params["compared"] == "third,cnn"


def test_the_models_of_draw_are_compared_at_first(two_models: None, make_model: MakeModel, open_page: OpenPage) -> None:
    make_model("third", 4)
    app = open_page()
    app.multiselect(key="models").set_value(["third", "softmax"]).run()
    app = app.switch_page(COMPARE)
    app.query_params.clear()
    app.run()
    assert app.multiselect(key="compared").value == ["third", "softmax"]
    assert app.query_params["compared"] == "third,softmax"


@pytest.mark.parametrize("models", ["softmax", "softmax,"])
def test_one_model_is_not_enough(two_models: None, open_compare: OpenCompare, models: str) -> None:
    app = open_compare(compared=models)
    assert "Choose two or more models" in words(app)
    assert not app.exception


def test_without_any_model_the_page_says_what_will_be_there(open_compare: OpenCompare) -> None:
    app = open_compare()
    assert ["Train" in line.value for line in app.info] == [True]
    assert not app.exception


def test_saved_scores_show_everything_but_the_images(make_model: MakeModel, open_compare: OpenCompare) -> None:
    for name, digit in (("softmax", 7), ("cnn", 1)):
        save_foreign_scores(make_model(name, digit), "mnist")
    app = open_compare(data="mnist")
    assert "only softmax right" in " ".join(button.label for button in app.button)
    assert "The images are not on this computer." in words(app)
    assert not app.error
    assert not app.exception


def test_a_model_without_scores_and_images_gets_one_line(two_models: None, open_compare: OpenCompare) -> None:
    app = open_compare(data="mnist")
    assert ["softmax" in app.error[0].value, "cnn" in app.error[1].value] == [True, True]
    assert "7,850" in html(app, "digitlab.comparison")
    assert not app.exception


def test_scores_of_other_images_are_left_out(make_model: MakeModel, open_compare: OpenCompare) -> None:
    save_foreign_scores(make_model("softmax", 7), "mnist")
    save_foreign_scores(make_model("cnn", 1), "mnist", images="others")
    app = open_compare(data="mnist")
    assert ["cnn" in line.value for line in app.warning] == [True]
    assert not app.exception


def test_markup_in_the_name_of_a_model_that_is_left_out_stays_text(
    make_model: MakeModel, make_run: Callable[..., Run], open_compare: OpenCompare
) -> None:
    save_foreign_scores(make_model("softmax", 7), "mnist")
    run = make_run(name="![x](http://example.org/x.png)")
    save_foreign_scores(run, "mnist", images="others")
    (line,) = open_compare(data="mnist", compared=f"softmax,{run.id}").warning
    assert "example" in line.value
    assert "![x]" not in line.value


def save_foreign_scores(run: Run, data: str, images: str = "images") -> None:
    """Scores on images that nobody has here, as a checkpoint ships them."""
    found = score(run, load_sklearn_digits(PartName.TEST, 0.1))
    save_scores(run.evaluation(data), replace(found, images=images))


@pytest.mark.parametrize(
    ("keeps", "said"),
    [
        (("best", "best"), "Each model has the weights of the epoch with the lowest validation loss."),
        (("last", "last"), "Each model has the weights of its last epoch, whatever its validation loss."),
        (
            ("best", "last"),
            "cnn: the weights of the epoch with the lowest validation loss. softmax: the weights of the last epoch, "
            "whatever its validation loss.",
        ),
    ],
)
def test_the_help_says_what_chose_the_epoch_of_each_model(
    make_model: MakeModel, open_compare: OpenCompare, keeps: tuple[str, str], said: str
) -> None:
    for (name, digit), keep in zip((("cnn", 1), ("softmax", 7)), keeps, strict=True):
        run = make_model(name, digit)
        config = {**json.loads((run.folder / "config.json").read_text()), "keep": keep}
        (run.folder / "config.json").write_text(json.dumps(config))
    (help_text,) = [heading.proto.help for heading in open_compare().header if heading.value == "How they learned"]
    assert help_text == f"Solid: validation. Dotted: training. {said}"


@pytest.mark.long
def test_on_pen_digits_it_says_which_hands_the_models_read(
    two_models: None, open_compare: OpenCompare, pen_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(pen_folder))
    app = open_compare(data="pen", hands="collected by gmd")
    part = load_part("pen", PartName.TEST, pen_folder)
    drawings = pen_drawings(pen_folder, PartName.TEST, 0.1)
    of_gmd = [drawing.digit for drawing in drawings if drawing.donor == "gmd"]
    table = html(app, "digitlab.comparison", -1)
    assert f"collected by gmd ({len(of_gmd)})" in table
    assert all(f"{100 * of_gmd.count(digit) / len(of_gmd):.1f}" in table for digit in (7, 1))
    assert f"collected by apa ({sum(drawing.donor == 'apa' for drawing in drawings)})" in table
    assert "hooks (" in table
    wrong = sum(digit not in (7, 1) for digit in of_gmd) + of_gmd.count(7) + of_gmd.count(1)
    assert f"{wrong} of {len(of_gmd)}. Below each: true digit → what they say (softmax, cnn)." in words(app)
    assert len(part) == len(drawings)
    assert [element.value for element in app.error] == []
    tiles = given(app, "digitlab.image_grid", -1)
    assert str(tiles["html"]).count("<button") == min(wrong, 40)


def given(app: AppTest, component: str, number: int) -> dict[str, object]:
    """What one of the page's components of a kind is given."""
    found = [e for e in app.get("bidi_component") if e.proto.component_name == component]
    value = json.loads(found[number].proto.json)
    assert isinstance(value, dict)
    return value


def test_on_other_data_nothing_is_said_of_hands(two_models: None, open_compare: OpenCompare) -> None:
    assert "Which hands they read" not in [header.value for header in open_compare().header]
