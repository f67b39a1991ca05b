"""Answers to draw figures of, and what every figure must have."""

import numpy as np
import plotly.graph_objects as go
import pytest

from digitlab.metrics.predictions import Predictions


@pytest.fixture
def answers() -> Predictions:
    """600 answers, most of them right."""
    random = np.random.default_rng(3)
    labels = random.integers(0, 10, 600)
    return Predictions(random.normal(0, 1, (600, 10)) + 3 * np.eye(10)[labels], labels)


def check_finished(figure: go.Figure) -> None:
    """A figure has a title that a phone does not cut off, named axes and a height."""
    assert 0 < len(figure.layout.title.text) <= 42
    assert figure.layout.height
    names = [axis.title.text for axis in (*figure.select_xaxes(), *figure.select_yaxes())]
    assert len([name for name in names if name]) >= 2
