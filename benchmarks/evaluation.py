"""How long evaluating takes: `cnn` on 10,000 images, and Evaluate's page where the scores are kept."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import streamlit as st
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from benchmarks.table import Row, against, alternate, median
from digitlab.data.dataset import load_part
from digitlab.data.parts import Part
from digitlab.models import build_model, to_input
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.scores import score
from digitlab.runs.weights import load_weights
from digitlab.settings import Settings
from digitlab.training.devices import all_cores

_ROOT = Path(__file__).parents[1]
_BATCH = 100


def rows() -> Iterator[Row]:
    """Seconds until the figures are there."""
    settings = Settings.from_environment()
    run = Catalogue(settings).find("cnn")
    test = load_part("mnist", "test", settings.folders)
    plain = build_model(run.config.model)
    load_weights(run.weights, plain)
    ours, theirs = alternate(partial(_digitlab_way, run, test), partial(_plain_way, plain.eval(), test))
    yield against(
        "`cnn` on 10,000 images, reading its weights included",
        ours,
        theirs,
        "a plain float32 loop",
        "≤ 0.33",
    )
    page = AppTest.from_file(str(_ROOT / "digitlab" / "ui" / "app" / "frame.py"), default_timeout=60).run()
    page = page.switch_page(str(_ROOT / "pages" / "evaluate.py"))
    page.query_params["model"] = "cnn"
    yield Row("Evaluate's page, scores kept, figures not", f"{median(partial(_open, page)):.2g} s", goal="≤ 0.5 s")


def _digitlab_way(run: Run, test: Part) -> None:
    with all_cores():
        score(run, test)


def _plain_way(model: nn.Module, test: Part) -> Tensor:
    with torch.no_grad():
        return torch.cat([model(to_input(batch)) for batch in test.images.split(_BATCH)])


def _open(page: AppTest) -> None:
    st.cache_resource.clear()
    page.run()
    if page.exception:
        raise RuntimeError(page.exception[0].value)
