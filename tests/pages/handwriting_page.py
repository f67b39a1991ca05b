"""What the tests of My handwriting draw, and read from the page."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from digitlab.ink.strokes import Ink
from digitlab.settings import Settings

OpenHandwriting = Callable[..., AppTest]


def folder() -> Path:
    return Settings.from_environment().data


def slanted(n: int) -> Ink:
    return [[[60.0, 60.0], [200.0, 60.0 + n], [120.0, 230.0]]]


def data_of(app: AppTest, component: str, number: int = 0) -> dict[str, object]:
    found = [e for e in app.get("bidi_component") if e.proto.component_name == component]
    data: dict[str, object] = json.loads(found[number].proto.json)
    return data


def tiles(app: AppTest, number: int = 0) -> list[str]:
    """The words below each image of a grid: 0 for all drawings, 1 for the mistakes."""
    return re.findall(r"<span>(.*?)</span>", str(data_of(app, "digitlab.image_grid", number)["html"]))


def is_clean(app: AppTest) -> bool:
    return not app.exception and not app.error and not app.warning
