"""My handwriting: what is drawn, filtered, relabelled, deleted, brought in and taken along."""

import json
import re

import pytest

from digitlab.data import PartName
from digitlab.data.exports import to_ink_file
from digitlab.data.handwriting import add_drawing, delete_drawings
from digitlab.data.handwriting_file import MyDrawing, handwriting_file, my_drawings
from digitlab.ink.strokes import Drawing
from digitlab.ui.handwriting import gallery
from tests.pages.driven_page import given
from tests.pages.handwriting_page import OpenHandwriting, data_of, folder, is_clean, slanted, tiles


def test_at_first_the_page_says_what_will_be_there_and_links_to_draw(look: OpenHandwriting) -> None:
    app = look()
    assert ["There are no drawings yet" in line.value for line in app.info] == [True]
    assert [link.proto.label for link in app.get("page_link")] == ["Go to Draw"]
    assert not app.get("download_button")
    assert is_clean(app)


def test_totals_and_counts_are_shown(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
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
    drawn: list[MyDrawing], look: OpenHandwriting
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
    query: dict[str, str], words: list[str], drawn: list[MyDrawing], look: OpenHandwriting
) -> None:
    app = look(**query)
    assert tiles(app) == words
    assert is_clean(app)


def test_a_filter_that_fits_nothing_says_so(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look(digit="7", hand="bo")
    assert any(line.value.startswith("No drawing matches") for line in app.caption)
    assert not app.get("download_button")
    assert is_clean(app)


def test_filters_go_into_the_address_and_lead_back_to_the_first_page(
    drawn: list[MyDrawing], look: OpenHandwriting, monkeypatch: pytest.MonkeyPatch
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
    drawn: list[MyDrawing], look: OpenHandwriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "_PER_PAGE", 3)
    app = look(page="9")
    assert tiles(app) == ["7"]
    assert app.query_params["page"] == "3"
    assert is_clean(app)


def test_the_drawing_of_the_address_is_shown_with_its_facts(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    html = str(given(look(drawing=drawn[1].id), "digitlab.one_drawing")["html"])
    assert "A 7 as the pen drew it" in html
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)[:2] == [("Writer", "anna"), ("Part", "held out")]


def test_the_chosen_drawing_is_framed_in_the_grid(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look()
    assert data_of(app, "digitlab.image_grid")["chosen"] == 0
    app.query_params["drawing"] = drawn[2].id
    assert data_of(app.run(), "digitlab.image_grid")["chosen"] == 4


def test_a_writers_name_is_text_and_never_markup(look: OpenHandwriting) -> None:
    add_drawing(folder(), Drawing(ink=slanted(0)), 7, "<img src=x>")
    app = look(hand="<img src=x>")
    assert "<img src=x>" not in str(given(app, "digitlab.one_drawing")["html"])
    assert "<img src=x>" not in str(data_of(app, "digitlab.image_grid")["html"])
    assert not app.exception


def test_a_drawing_gets_another_digit(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look(drawing=drawn[1].id)
    app.button_group(key=f"digit of drawing {drawn[1].id}, 7").set_value(4).run()
    after = my_drawings(folder())[1]
    assert (after.digit, after.part) == (4, PartName.TEST)
    assert tiles(app)[5] == "4 ○"
    assert app.button_group(key=f"digit of drawing {drawn[1].id}, 4").value == 4
    assert is_clean(app)


def test_a_drawing_that_leaves_the_filter_makes_room_for_the_next(
    drawn: list[MyDrawing], look: OpenHandwriting
) -> None:
    app = look(drawing=drawn[2].id, digit="7")
    app.button_group(key=f"digit of drawing {drawn[2].id}, 7").set_value(4).run()
    assert tiles(app) == ["7 ○", "7"]
    assert data_of(app, "digitlab.image_grid")["chosen"] == 0
    assert is_clean(app)


def test_a_drawing_that_another_tab_deleted_gets_one_line(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look(drawing=drawn[1].id)
    delete_drawings(folder(), [drawn[1].id])
    app.button_group(key=f"digit of drawing {drawn[1].id}, 7").set_value(4).run()
    assert ["has no drawing" in line.value for line in app.error] == [True]
    assert not app.exception


def test_one_drawing_is_deleted(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look(drawing=drawn[1].id)
    app.button(key="delete the drawing").click().run()
    assert [one.id for one in my_drawings(folder())] == [one.id for one in drawn if one is not drawn[1]]
    assert len(tiles(app)) == 6
    assert is_clean(app)


def test_all_that_the_filter_shows_is_deleted_and_the_filter_goes(
    drawn: list[MyDrawing], look: OpenHandwriting
) -> None:
    app = look(hand="bo", digit="1")
    button = app.button(key="Delete these 3")
    assert button.label == "Delete 3 drawings"
    button.click().run()
    assert {one.writer for one in my_drawings(folder())} == {"anna"}
    assert tiles(app) == ["1", "7", "7 ○", "7"]
    assert not {"hand", "digit"} & set(app.query_params)
    assert is_clean(app)


def test_everything_can_be_deleted(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look()
    app.button(key="Delete all my drawings").click().run()
    assert my_drawings(folder()) == []
    assert ["There are no drawings yet" in line.value for line in app.info] == [True]
    assert is_clean(app)


def test_all_my_drawings_can_be_deleted_also_while_a_filter_is_on(
    drawn: list[MyDrawing], look: OpenHandwriting
) -> None:
    app = look(hand="bo", digit="1")
    app.button(key="Delete all my drawings").click().run()
    assert my_drawings(folder()) == []
    assert not {"hand", "digit"} & set(app.query_params)
    assert is_clean(app)


def test_a_folder_that_cannot_be_written_gets_one_line(
    drawn: list[MyDrawing], look: OpenHandwriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    app = look()
    monkeypatch.setattr("digitlab.files.os.replace", fail)
    app.button(key="Delete all my drawings").click().run()
    assert ["Read\\-only file system" in line.value for line in app.error] == [True]
    assert len(tiles(app)) == 7
    assert not app.exception


def test_a_damaged_file_gets_one_line_that_names_the_line(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    handwriting_file(folder()).write_bytes(handwriting_file(folder()).read_bytes()[:-30])
    app = look()
    assert ["line 7\\: not a JSON object" in line.value for line in app.error] == [True]
    assert not app.exception


def test_an_ink_file_is_brought_in_and_only_what_is_new_is_added(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    packed = to_ink_file(drawn)
    delete_drawings(folder(), [drawn[0].id, drawn[4].id])
    app = look()
    app.file_uploader[0].upload("mine.jsonl.gz", packed, "application/gzip").run()
    assert len(my_drawings(folder())) == 7
    assert [toast.value for toast in app.toast] == ["2 drawings added. 5 were here already."]
    assert len(tiles(app)) == 7
    assert is_clean(app)


def test_an_ink_file_is_brought_in_where_nothing_is_drawn(look: OpenHandwriting) -> None:
    ink = {"digit": 7, "strokes": [[[0, 0], [50, 0], [20, 90]]], "writer": "anna"}
    app = look()
    app.file_uploader[0].upload("mine.jsonl", json.dumps(ink).encode(), "application/json").run()
    assert tiles(app) == ["7"]
    assert is_clean(app)


def test_a_bad_file_gets_one_line_and_nothing_is_lost(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    good = to_ink_file(drawn)
    app = look()
    for name, content in {"torn.jsonl.gz": good[:-20], "no.jsonl": b"no ink", "empty.jsonl": b""}.items():
        app.file_uploader[0].upload(name, content, "application/json").run()
        (line,) = app.error
        assert name.replace(".", "\\.") in line.value
        assert "tmp" not in line.value
    assert my_drawings(folder()) == drawn
    assert not app.exception


def test_there_are_three_exports_of_what_the_filter_shows(drawn: list[MyDrawing], look: OpenHandwriting) -> None:
    app = look(digit="7")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Ink file", "PNG pictures", "MNIST format"]
    assert any(line.value == "Exports hold the 3 drawings that the filter shows." for line in app.caption)
