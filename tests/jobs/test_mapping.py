"""The process that makes a t-SNE: what it leaves, and what is said of it meanwhile."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from digitlab.explain.embedding import choose_images
from digitlab.jobs import mapping
from digitlab.jobs.mapping import Making, how_far, start_mapping
from digitlab.jobs.start import QueueFull
from digitlab.locks import Lock
from digitlab.runs.positions import positions_file, read_positions
from digitlab.runs.run import Run
from digitlab.settings import Settings

PATIENCE = 120.0
"""Seconds; a loaded machine takes long."""


@pytest.fixture
def run(make_run: Callable[..., Run]) -> Run:
    return make_run()


@pytest.fixture
def settings(run: Run) -> Settings:
    return Settings.from_environment()


def told(settings: Settings, **values: object) -> Path:
    folder = settings.runs / ".maps"
    folder.mkdir(exist_ok=True)
    (folder / "making.json").write_text(json.dumps({"model": "x", "done": 0.5, "trouble": "", "began": 0.0, **values}))
    return folder


@pytest.mark.long
def test_a_started_process_leaves_the_map_with_the_run(run: Run, settings: Settings) -> None:
    assert how_far(run, settings) == Making()
    start_mapping(run, settings)
    assert how_far(run, settings).done == 0
    images = choose_images(settings.folders)
    path, end = positions_file(run, settings.runs, images.data), time.monotonic() + PATIENCE
    while not path.exists() and time.monotonic() < end:
        assert how_far(run, settings).trouble == ""
        time.sleep(0.1)
    points = read_positions(path, run, images.fingerprint, len(images.part))
    assert points is not None
    assert points.std() > 1


def test_what_is_being_made_is_not_started_again_and_nothing_else_is_made_meanwhile(
    run: Run, settings: Settings, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(mapping, "start_process", lambda _module, model, *_: started.append(model))
    with Lock(told(settings, model=run.id) / "lock").acquire():
        assert how_far(run, settings) == Making(0.5)
        start_mapping(run, settings)
        with pytest.raises(QueueFull, match="another model is being made"):
            start_mapping(make_run(), settings)
    assert started == []


def test_a_killed_process_makes_nothing_and_can_be_started_again(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(settings, model=run.id)
    assert how_far(run, settings) == Making()
    started: list[str] = []
    monkeypatch.setattr(mapping, "start_process", lambda _module, model, *_: started.append(model))
    start_mapping(run, settings)
    assert started == [run.id]


def test_what_went_wrong_is_said(run: Run, settings: Settings) -> None:
    run.weights.write_bytes(b"no weights")
    assert mapping.main(run.id) == 2
    assert "weights.safetensors" in how_far(run, settings).trouble


@pytest.mark.parametrize("content", ["", "[]", '{"model": 3}', '{"done": 2}'])
def test_a_damaged_note_counts_as_none(content: str, run: Run, settings: Settings) -> None:
    (told(settings) / "making.json").write_text(content)
    assert how_far(run, settings) == Making()
