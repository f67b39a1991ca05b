"""My handwriting: how well models read it."""

import json
import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.data.handwriting import add_drawing
from digitlab.data.handwriting_file import MyDrawing, my_drawings
from digitlab.ink.strokes import Drawing
from digitlab.runs.run import Run
from tests.pages.driven_page import MakeModel, find_button, follow, given, teach
from tests.pages.handwriting_page import OpenHandwriting, folder, is_clean, slanted, tiles


def table(app: AppTest) -> list[list[str]]:
    """Each line of the benchmark: the accuracies, `–` where there is none."""
    html = str(given(app, "digitlab.hand_benchmark")["html"]).replace("\u202f", "")
    lines = html.split("<tbody>")[1].split("</tr>")[:-1]
    return [re.findall(r'<td title="[^"]*">(?:<span class="[^"]*">)?([^<]+)', line) for line in lines]


def test_without_any_model_the_benchmark_says_how_to_get_one(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look()
    assert ["page Train" in line.value for line in app.info] == [True]
    assert is_clean(app)


@pytest.fixture
def sevens(make_model: MakeModel) -> Run:
    """A model that always says 7, with a figure on MNIST."""
    run = make_model("softmax", 7)
    summary = {"images": 10_000, "mistakes": 1000, "accuracy": 0.9, "interval": [0.894, 0.906]}
    run.write_results({**run.results, "test": {"mnist": summary}})
    return run


def test_the_benchmark_shows_accuracy_held_out_and_in_all_beside_the_recorded_ones(
    drawn: list[MyDrawing], sevens: Run, make_model: MakeModel, look: OpenHandwriting
) -> None:
    make_model("ones", 1)
    app = look()
    assert table(app) == [["50.00%", "42.86%", "90.00%", "–"], ["50.00%", "57.14%", "–", "–"]]
    html = str(given(app, "digitlab.hand_benchmark")["html"])
    assert re.findall(r'class="best">([\d.]+)', html) == ["57.14"]
    assert "3 of 7 images read right; 95 % interval 15.82 to 74.95" in html
    assert "9,000 of 10,000 images read right; 95 % interval 89.40 to 90.60" in html
    assert "learned from them" not in html
    assert is_clean(app)


def test_the_benchmark_counts_the_chosen_writer_alone(
    drawn: list[MyDrawing], sevens: Run, look: OpenHandwriting
) -> None:
    app = look(hand="anna")
    assert table(app)[0][:2] == ["100.00%", "75.00%"]
    assert any(line.value.startswith("Drawings by anna alone") for line in app.caption)


def test_a_model_that_learned_from_the_drawings_is_marked(
    drawn: list[MyDrawing], sevens: Run, look: OpenHandwriting, make_model: MakeModel
) -> None:
    child, pupil = make_model("child", 1), make_model("pupil", 1)
    write_config(child, start_from="softmax")
    write_config(pupil, teachers="child")
    write_config(sevens, data="sklearn+mine")
    html = str(given(look(), "digitlab.hand_benchmark")["html"])
    assert html.count("learned from them") == 3


def write_config(run: Run, **changes: object) -> None:
    config = run.config.replace(**changes)
    (run.folder / "config.json").write_text(json.dumps(config.to_dict()))


def test_the_mistakes_of_the_chosen_model_are_shown(
    drawn: list[MyDrawing], sevens: Run, make_model: MakeModel, look: OpenHandwriting
) -> None:
    make_model("ones", 1)
    app = look()
    assert tiles(app, 1) == ["1 → 7", "1 → 7 ○", "1 → 7", "1 → 7"]
    app.selectbox(key="mistakes-of").set_value("ones").run()
    assert tiles(app, 1) == ["7 → 1", "7 → 1 ○", "7 → 1"]
    assert app.query_params["mistakes-of"] == "ones"
    assert is_clean(app)


def test_a_model_without_mistakes_says_so(sevens: Run, look: OpenHandwriting) -> None:
    add_drawing(folder(), Drawing(ink=slanted(0)), 7, "")
    assert any("softmax reads all 1 drawings right" in line.value for line in look().caption)


def test_relabelled_drawings_are_counted_anew(drawn: list[MyDrawing], sevens: Run, look: OpenHandwriting) -> None:
    app = look(drawing=drawn[3].id)
    app.button_group(key=f"digit of drawing {drawn[3].id}, 1").set_value(7).run()
    assert table(app)[0][:2] == ["50.00%", "57.14%"]


def test_damaged_weights_get_one_line_and_the_other_models_are_shown(
    drawn: list[MyDrawing], sevens: Run, make_model: MakeModel, look: OpenHandwriting
) -> None:
    make_model("ones", 1).weights.write_bytes(b"damaged")
    app = look()
    assert [line.value.startswith("ones\\: ") for line in app.error] == [True]
    assert len(table(app)) == 1
    assert not app.exception


def test_a_drawing_is_sent_to_draw(drawn: list[MyDrawing], sevens: Run, look: OpenHandwriting) -> None:
    app = look(mistake=drawn[5].id)
    app = follow(app, "Open in Draw")
    assert not app.exception
    assert app.session_state["surface"] == "Picture"
    assert app.session_state["image sent to draw"].origin == "A 1 from My handwriting"
    find_button(app, "Remove the image").click().run()
    assert not [button for button in app.button if button.label == "Remove the image"]


def test_a_mistake_is_relabelled_where_it_is_seen(drawn: list[MyDrawing], sevens: Run, look: OpenHandwriting) -> None:
    app = look(mistake=drawn[5].id)
    app.button_group(key=f"digit of mistake {drawn[5].id}, 1").set_value(7).run()
    assert [one.digit for one in my_drawings(folder()) if one.id == drawn[5].id] == [7]
    assert len(tiles(app, 1)) == 3
    assert is_clean(app)


def test_a_mistake_is_deleted_where_it_is_seen(drawn: list[MyDrawing], sevens: Run, look: OpenHandwriting) -> None:
    app = look(mistake=drawn[5].id)
    app.button(key="delete the mistake").click().run()
    assert [one.id for one in my_drawings(folder())] == [one.id for one in drawn if one is not drawn[5]]
    assert len(tiles(app, 1)) == 3
    assert is_clean(app)


def finished(make_run: Callable[..., Run], digit: int, **changes: object) -> Run:
    """A finished run, and no checkpoint, that says this digit to everything."""
    run = make_run(**changes)
    teach(run, digit)
    return run


def test_a_run_that_learned_from_my_hand_is_in_the_benchmark_at_once(
    drawn: list[MyDrawing], sevens: Run, make_run: Callable[..., Run], look: OpenHandwriting
) -> None:
    app = look(readers="softmax")
    assert len(table(app)) == 1
    finished(make_run, 1, data="sklearn+mine")
    finished(make_run, 1, data="sklearn")
    assert len(table(app.run())) == 2
    assert len(table(look())) == 2


def test_before_and_after_fine_tuning_stand_there_with_their_intervals(
    drawn: list[MyDrawing], sevens: Run, make_run: Callable[..., Run], look: OpenHandwriting
) -> None:
    finished(make_run, 1, data="mine", start_from="softmax")
    (line,) = [line.value for line in look().markdown if "started from" in line.value]
    assert (
        "Of 2 drawings held out, it reads 1 (9.5 to 90.5\u202f%) right, against 1 (9.5 to 90.5\u202f%) before." in line
    )
    assert "make equally many mistakes: each alone is right on 1 image." in line
