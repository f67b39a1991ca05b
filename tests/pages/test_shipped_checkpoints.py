"""Every page opens for every checkpoint that ships with digitlab, with the figures that ship with it."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from digitlab.data.handwriting_file import MyDrawing
from digitlab.formats import percent
from digitlab.runs.run import Run
from digitlab.settings import CHECKPOINTS
from tests.pages.driven_page import PAGES, OpenPage, cards, draw, given
from tests.pages.handwriting_page import data_of, is_clean

NAMES = sorted(folder.name for folder in CHECKPOINTS.iterdir() if folder.is_dir())


@pytest.fixture(autouse=True)
def _no_shipped_checkpoints() -> None:
    """Here they are what is tested."""


def opened(open_page: OpenPage, name: str, **query: str) -> AppTest:
    app = open_page().switch_page(f"{PAGES}/{name}.py")
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def accuracy(name: str, data: str) -> str:
    """As its results have it."""
    return percent(Run(CHECKPOINTS / name).results["test"][data]["accuracy"], 2)


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_on_draw(open_page: OpenPage, name: str) -> None:
    app = draw(open_page(models=name))
    assert cards(app)[name].isdigit()
    assert is_clean(app)


@pytest.mark.parametrize("data", ["mnist", "pen"])
@pytest.mark.parametrize("name", NAMES)
def test_evaluate_shows_its_own_shipped_accuracy(open_page: OpenPage, name: str, data: str) -> None:
    app = opened(open_page, "evaluate", model=name, data=data)
    shown = re.findall(r"<dt.*?>accuracy</dt><dd>(.*?)</dd>", str(given(app, "digitlab.headline")["html"]))
    assert shown == [accuracy(name, data)]
    assert is_clean(app)


def test_compare_shows_the_shipped_accuracies_of_all(open_page: OpenPage) -> None:
    app = opened(open_page, "compare", compared=",".join(NAMES), data="mnist")
    line = str(data_of(app, "digitlab.comparison")["html"]).partition(">Accuracy</th>")[2].partition("</tr>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", line) == [accuracy(name, "mnist") for name in NAMES]
    assert len({accuracy(name, "mnist") for name in NAMES}) == len(NAMES)
    assert is_clean(app)


@pytest.mark.parametrize("name", NAMES)
def test_inside_looks_into_it(open_page: OpenPage, name: str) -> None:
    app = opened(open_page, "inside", model=name)
    assert app.get("bidi_component")
    assert is_clean(app)


@pytest.mark.parametrize("name", NAMES)
def test_train_shows_it(open_page: OpenPage, name: str) -> None:
    app = opened(open_page, "train", run=name)
    assert name in [heading.value.replace("\\", "") for heading in app.header]
    assert is_clean(app)


def test_my_handwriting_shows_how_each_of_them_reads(drawn: list[MyDrawing], open_page: OpenPage) -> None:
    app = opened(open_page, "handwriting")
    shown = str(given(app, "digitlab.hand_benchmark")["html"])
    assert sorted(re.findall(r'<th scope="row"><i [^>]*></i>(.*?)</th>', shown)) == NAMES
    assert is_clean(app)
