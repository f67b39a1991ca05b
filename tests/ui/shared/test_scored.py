"""A model's answers on a data set, as the pages share them."""

from collections.abc import Callable

import numpy as np
import pytest
import streamlit as st
import torch

from digitlab.data.parts import Part
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.summary import headline
from digitlab.models import REGISTRY, Softmax
from digitlab.runs.run import Run
from digitlab.runs.scores import Scores, score
from digitlab.training import devices
from digitlab.ui.shared import scored as module
from digitlab.ui.shared.scored import scored

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    st.cache_resource.clear()


class _Upside(Softmax):
    """Takes softmax's weights and prefers what that likes least."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return -super().forward(x)


@pytest.fixture
def upside(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(REGISTRY, "softmax-upside", _Upside)
    return "softmax-upside"


def with_temperature(run: Run, temperature: float) -> Run:
    run.write_results({**run.results, "doubt": {"temperature": temperature, "threshold": 0.0}})
    return run


def test_the_same_weights_in_another_architecture_have_answers_and_figures_of_their_own(
    make_run: MakeRun, upside: str
) -> None:
    one, other = make_run(), make_run(model=upside)
    other.weights.write_bytes(one.weights.read_bytes())
    of_one, of_other = scored(one, "sklearn"), scored(other, "sklearn")
    np.testing.assert_allclose(of_one.answers.logits, -of_other.answers.logits, rtol=1e-4)
    assert of_one.compute(headline) != of_other.compute(headline)
    assert of_other.compute(headline) == headline(of_other.answers)


def test_the_same_weights_at_another_temperature_have_figures_of_their_own(make_run: MakeRun) -> None:
    one, other = make_run(), with_temperature(make_run(), 2.0)
    other.weights.write_bytes(one.weights.read_bytes())
    of_one, of_other = scored(one, "sklearn"), scored(other, "sklearn")
    np.testing.assert_allclose(of_one.answers.logits / 2, of_other.answers.logits, rtol=1e-4)
    assert of_one.compute(headline).summary.loss != of_other.compute(headline).summary.loss
    assert of_other.at(1.0).compute(headline) == of_one.compute(headline)


def test_another_calibration_of_a_run_is_taken_up(make_run: MakeRun) -> None:
    run = make_run()
    before = scored(run, "sklearn").answers.probabilities
    with_temperature(run, 3.0)
    assert scored(run, "sklearn").answers.confidence.mean() < before.max(1).mean()


def test_a_figure_is_computed_once(make_run: MakeRun) -> None:
    run, computed = make_run(), []

    def count(answers: Predictions, step: int) -> int:
        computed.append(step)
        return len(answers) + step

    assert [scored(run, "sklearn").compute(count, step) for step in (1, 1, 2, 1)] == [360, 360, 361, 360]
    assert computed == [1, 2]


def test_an_uploaded_file_is_scored_and_leaves_nothing_in_the_run(
    make_run: MakeRun, make_part: Callable[..., Part]
) -> None:
    run, part = make_run(), make_part(30)
    found = scored(run, "file", part)
    assert len(found.answers) == 30
    images = found.images()
    assert images is not None
    np.testing.assert_array_equal(images, part.images.numpy())
    assert not run.evaluation("file").exists()


def test_scoring_uses_every_core_and_reading_goes_on_with_as_many_as_before(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[int] = []

    def watched(run: Run, part: Part, save_as: str | None) -> Scores:
        used.append(torch.get_num_threads())
        return score(run, part, save_as)

    monkeypatch.setattr(module, "score", watched)
    monkeypatch.setattr(devices.os, "cpu_count", lambda: 3)
    before = torch.get_num_threads()
    scored(make_run(), "sklearn")
    assert used == [3]
    assert torch.get_num_threads() == before != 3
