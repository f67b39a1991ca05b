"""My handwriting: what is kept, filtered, relabelled, deleted, brought in and taken along, and how it is read."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.config import Settings
from digitlab.data.exports import to_ink_file
from digitlab.data.mine import KeptDrawing, delete, keep, kept_drawings, mine_file
from digitlab.data.part_names import PartName
from digitlab.ink import Ink
from digitlab.runs.run import Run
from digitlab.ui.handwriting import gallery
from tests.pages.driven_page import MakeModel, OpenPage, given

PAGE = "../../pages/handwriting.py"
OpenHandwriting = Callable[..., AppTest]


@pytest.fixture
def look(open_page: OpenPage) -> OpenHandwriting:
    """The page at an address: look(digit="7")."""

    def open_at(**query: str) -> AppTest:
        app = open_page().switch_page(PAGE)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_at


def folder() -> Path:
    return Settings.from_environment().data


def slanted(n: int) -> Ink:
    return [[[60.0, 60.0], [200.0, 60.0 + n], [120.0, 230.0]]]


@pytest.fixture
def kept() -> list[KeptDrawing]:
    """Three sevens and a one by anna, three ones by bo."""
    hands = [(7, "anna"), (7, "anna"), (7, "anna"), (1, "anna"), (1, "bo"), (1, "bo"), (1, "bo")]
    return [keep(folder(), slanted(n), digit, writer, 18.0) for n, (digit, writer) in enumerate(hands)]


def data_of(app: AppTest, component: str, place: int = 0) -> dict[str, object]:
    found = [e for e in app.get("bidi_component") if e.proto.component_name == component]
    data: dict[str, object] = json.loads(found[place].proto.json)
    return data


def tiles(app: AppTest, place: int = 0) -> list[str]:
    """The words below each image of a grid: 0 for all drawings, 1 for the mistakes."""
    return re.findall(r"<span>(.*?)</span>", str(data_of(app, "digitlab.image_grid", place)["html"]))


def table(app: AppTest) -> list[list[str]]:
    """Each line of the benchmark: the accuracies, `–` where there is none."""
    html = str(given(app, "digitlab.hand_benchmark")["html"]).replace("\u202f", "")
    lines = html.split("<tbody>")[1].split("</tr>")[:-1]
    return [re.findall(r'<td title="[^"]*">(?:<span class="[^"]*">)?([^<]+)', line) for line in lines]


def is_clean(app: AppTest) -> bool:
    return not app.exception and not app.error and not app.warning


def test_at_first_the_page_says_what_will_be_there_and_links_to_draw(look: OpenHandwriting) -> None:
    app = look()
    assert ["Nothing is kept yet" in line.value for line in app.info] == [True]
    assert [link.proto.label for link in app.get("page_link")] == ["Go to Draw"]
    assert not app.get("download_button")
    assert is_clean(app)


def test_totals_and_counts_are_shown(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look()
    html = str(given(app, "digitlab.handwriting_counts")["html"])
    assert re.findall(r"<dd>(.*?)</dd><dt[^>]*>(.*?)</dt>", html) == [
        ("7", "drawings"),
        ("2", "writers"),
        ("5", "to learn from"),
        ("2", "held out"),
    ]
    assert re.findall(r'class="number">(\d+)<', html) == ["0", "4", "0", "0", "0", "0", "0", "3", "0", "0"]
    assert is_clean(app)


def test_the_newest_drawing_comes_first_and_held_out_ones_are_marked(
    kept: list[KeptDrawing], look: OpenHandwriting
) -> None:
    assert tiles(look()) == ["1", "1", "1 ○", "1", "7", "7 ○", "7"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"digit": "7"}, ["7", "7 ○", "7"]),
        ({"hand": "bo"}, ["1", "1", "1 ○"]),
        ({"digit": "1", "hand": "anna"}, ["1"]),
    ],
)
def test_the_address_filters(
    query: dict[str, str], words: list[str], kept: list[KeptDrawing], look: OpenHandwriting
) -> None:
    app = look(**query)
    assert tiles(app) == words
    assert is_clean(app)


def test_a_filter_that_fits_nothing_says_so(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look(digit="7", hand="bo")
    assert any(line.value.startswith("No drawing matches") for line in app.caption)
    assert not app.get("download_button")
    assert is_clean(app)


def test_filters_go_into_the_address_and_lead_back_to_the_first_page(
    kept: list[KeptDrawing], look: OpenHandwriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "_PER_PAGE", 2)
    app = look(page="4")
    assert tiles(app) == ["7"]
    app.selectbox(key="hand").set_value("bo").run()
    assert app.query_params["hand"] == "bo"
    assert "page" not in app.query_params
    assert tiles(app) == ["1", "1"]
    app.button_group(key="digit").set_value(1).run()
    assert app.query_params["digit"] == "1"
    assert is_clean(app)


def test_a_page_that_is_no_longer_there_becomes_the_last(
    kept: list[KeptDrawing], look: OpenHandwriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "_PER_PAGE", 3)
    app = look(page="9")
    assert tiles(app) == ["7"]
    assert app.query_params["page"] == "3"
    assert is_clean(app)


def test_the_drawing_of_the_address_is_shown_with_its_facts(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    html = str(given(look(drawing=kept[1].id), "digitlab.one_drawing")["html"])
    assert "A 7 as the pen drew it" in html
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)[:2] == [("Writer", "anna"), ("Part", "held out")]


def test_the_chosen_drawing_is_framed_in_the_grid(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look()
    assert data_of(app, "digitlab.image_grid")["chosen"] == 0
    app.query_params["drawing"] = kept[2].id
    assert data_of(app.run(), "digitlab.image_grid")["chosen"] == 4


def test_a_writers_name_is_text_and_never_markup(look: OpenHandwriting) -> None:
    keep(folder(), slanted(0), 7, "<img src=x>", 18.0)
    app = look(hand="<img src=x>")
    assert "<img src=x>" not in str(given(app, "digitlab.one_drawing")["html"])
    assert "<img src=x>" not in str(data_of(app, "digitlab.image_grid")["html"])
    assert not app.exception


def test_a_drawing_gets_another_digit(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look(drawing=kept[1].id)
    app.button_group(key=f"digit of {kept[1].id}, 7").set_value(4).run()
    after = kept_drawings(folder())[1]
    assert (after.drawing.digit, after.part) == (4, PartName.TEST)
    assert tiles(app)[5] == "4 ○"
    assert app.button_group(key=f"digit of {kept[1].id}, 4").value == 4
    assert is_clean(app)


def test_a_drawing_that_leaves_the_filter_makes_room_for_the_next(
    kept: list[KeptDrawing], look: OpenHandwriting
) -> None:
    app = look(drawing=kept[2].id, digit="7")
    app.button_group(key=f"digit of {kept[2].id}, 7").set_value(4).run()
    assert tiles(app) == ["7 ○", "7"]
    assert data_of(app, "digitlab.image_grid")["chosen"] == 0
    assert is_clean(app)


def test_a_drawing_that_another_tab_deleted_gets_one_line(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look(drawing=kept[1].id)
    delete(folder(), [kept[1].id])
    app.button_group(key=f"digit of {kept[1].id}, 7").set_value(4).run()
    assert ["no kept drawing" in line.value for line in app.error] == [True]
    assert not app.exception


def test_one_drawing_is_deleted(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look(drawing=kept[1].id)
    app.button(key="delete the drawing").click().run()
    assert [one.id for one in kept_drawings(folder())] == [one.id for one in kept if one is not kept[1]]
    assert len(tiles(app)) == 6
    assert is_clean(app)


def test_all_that_the_filter_shows_is_deleted_and_the_filter_goes(
    kept: list[KeptDrawing], look: OpenHandwriting
) -> None:
    app = look(hand="bo", digit="1")
    button = app.button(key="delete all shown")
    assert button.label == "Delete 3 for good"
    button.click().run()
    assert {one.drawing.writer for one in kept_drawings(folder())} == {"anna"}
    assert tiles(app) == ["1", "7", "7 ○", "7"]
    assert not {"hand", "digit"} & set(app.query_params)
    assert is_clean(app)


def test_everything_can_be_deleted(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look()
    app.button(key="delete all shown").click().run()
    assert kept_drawings(folder()) == []
    assert ["Nothing is kept yet" in line.value for line in app.info] == [True]
    assert is_clean(app)


def test_a_folder_that_cannot_be_written_gets_one_line(
    kept: list[KeptDrawing], look: OpenHandwriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    app = look()
    monkeypatch.setattr("digitlab.files.os.replace", fail)
    app.button(key="delete all shown").click().run()
    assert ["Read\\-only file system" in line.value for line in app.error] == [True]
    assert len(tiles(app)) == 7
    assert not app.exception


def test_a_damaged_file_gets_one_line_with_its_place(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    mine_file(folder()).write_bytes(mine_file(folder()).read_bytes()[:-30])
    app = look()
    assert ["line 7\\: not a JSON object" in line.value for line in app.error] == [True]
    assert not app.exception


def test_an_ink_file_is_brought_in_and_only_what_is_new_is_added(
    kept: list[KeptDrawing], look: OpenHandwriting
) -> None:
    packed = to_ink_file(kept)
    delete(folder(), [kept[0].id, kept[4].id])
    app = look()
    app.file_uploader[0].upload("mine.jsonl.gz", packed, "application/gzip").run()
    assert len(kept_drawings(folder())) == 7
    assert [toast.value for toast in app.toast] == ["New: 2. Kept already: 5."]
    assert len(tiles(app)) == 7
    assert is_clean(app)


def test_an_ink_file_is_brought_in_where_nothing_is_kept(look: OpenHandwriting) -> None:
    ink = {"digit": 7, "strokes": [[[0, 0], [50, 0], [20, 90]]], "writer": "anna"}
    app = look()
    app.file_uploader[0].upload("mine.jsonl", json.dumps(ink).encode(), "application/json").run()
    assert tiles(app) == ["7"]
    assert is_clean(app)


def test_a_bad_file_gets_one_line_and_nothing_is_lost(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    good = to_ink_file(kept)
    app = look()
    for name, content in {"torn.jsonl.gz": good[:-20], "no.jsonl": b"no ink", "empty.jsonl": b""}.items():
        app.file_uploader[0].upload(name, content, "application/json").run()
        (line,) = app.error
        assert name.replace(".", "\\.") in line.value
        assert "tmp" not in line.value
    assert kept_drawings(folder()) == kept
    assert not app.exception


def test_there_are_three_exports_of_what_the_filter_shows(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look(digit="7")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Ink file", "PNG pictures", "MNIST format"]
    assert any(line.value == "Exports hold what the filter shows; drawings: 3." for line in app.caption)


def test_without_any_model_the_benchmark_says_how_to_get_one(kept: list[KeptDrawing], look: OpenHandwriting) -> None:
    app = look()
    assert ["page Train" in line.value for line in app.info] == [True]
    assert is_clean(app)


@pytest.fixture
def sevens(make_model: MakeModel) -> Run:
    """A model that always says 7, with a figure on MNIST."""
    run = make_model("softmax", 7)
    summary = {"images": 10_000, "accuracy": 0.9, "interval": [0.894, 0.906]}
    run.write_results({**run.results, "test": {"mnist": summary}})
    return run


def test_the_benchmark_shows_accuracy_held_out_and_in_all_beside_the_recorded_ones(
    kept: list[KeptDrawing], sevens: Run, make_model: MakeModel, look: OpenHandwriting
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
    kept: list[KeptDrawing], sevens: Run, look: OpenHandwriting
) -> None:
    app = look(hand="anna")
    assert table(app)[0][:2] == ["100.00%", "75.00%"]
    assert any(line.value.startswith("Drawings by anna alone") for line in app.caption)


def test_a_model_that_learned_from_the_drawings_is_marked(
    kept: list[KeptDrawing], sevens: Run, look: OpenHandwriting, make_model: MakeModel
) -> None:
    child = make_model("child", 1)
    write_config(child, start_from="softmax")
    write_config(sevens, data="sklearn+mine")
    html = str(given(look(), "digitlab.hand_benchmark")["html"])
    assert html.count("learned from them") == 2


def write_config(run: Run, **changes: object) -> None:
    config = run.config.replace(**changes)
    (run.folder / "config.json").write_text(json.dumps(config.to_dict()))


def test_the_mistakes_of_the_chosen_model_are_shown(
    kept: list[KeptDrawing], sevens: Run, make_model: MakeModel, look: OpenHandwriting
) -> None:
    make_model("ones", 1)
    app = look()
    assert tiles(app, 1) == ["1 → 7", "1 → 7 ○", "1 → 7", "1 → 7"]
    app.selectbox(key="mistakes-of").set_value("ones").run()
    assert tiles(app, 1) == ["7 → 1", "7 → 1 ○", "7 → 1"]
    assert app.query_params["mistakes-of"] == "ones"
    assert is_clean(app)


def test_a_model_without_mistakes_says_so(sevens: Run, look: OpenHandwriting) -> None:
    keep(folder(), slanted(0), 7, "", 18.0)
    assert any("softmax reads all 1 drawings right" in line.value for line in look().caption)


def test_relabelled_drawings_are_counted_anew(kept: list[KeptDrawing], sevens: Run, look: OpenHandwriting) -> None:
    app = look(drawing=kept[3].id)
    app.button_group(key=f"digit of {kept[3].id}, 1").set_value(7).run()
    assert table(app)[0][:2] == ["50.00%", "57.14%"]


def test_damaged_weights_get_one_line_and_the_other_models_are_shown(
    kept: list[KeptDrawing], sevens: Run, make_model: MakeModel, look: OpenHandwriting
) -> None:
    make_model("ones", 1).weights.write_bytes(b"damaged")
    app = look()
    assert [line.value.startswith("ones\\: ") for line in app.error] == [True]
    assert len(table(app)) == 1
    assert not app.exception


def test_a_drawing_is_sent_to_draw(kept: list[KeptDrawing], sevens: Run, look: OpenHandwriting) -> None:
    app = look(mistake=kept[5].id)
    app.button(key="open the mistake").click().run()
    assert not app.exception
    assert app.session_state["surface"] == "Picture"
    assert app.session_state["image sent to draw"].origin == "A 1 from My handwriting"
