from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from digitlab.data.parts import Part
from digitlab.errors import BadRun
from digitlab.models import build_model
from digitlab.runs import scoring
from digitlab.runs.evaluations import load_evaluation
from digitlab.runs.run import Run
from digitlab.runs.scoring import score
from digitlab.runs.weights import save_weights


@pytest.fixture
def part(make_part: Callable[..., Part]) -> Part:
    return make_part(30)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets an entry for every time that scores are really computed."""
    calls: list[int] = []
    compute = scoring.compute_logits

    def counted(*args: object) -> torch.Tensor:
        calls.append(1)
        return compute(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(scoring, "compute_logits", counted)
    return calls


def test_scores_are_the_models_own(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    evaluation = score(run, part)
    assert evaluation.logits.shape == (30, 10)
    assert (evaluation.labels == part.labels.numpy()).all()
    assert not (run.folder / "evaluations").exists()


def test_kept_scores_are_read_again(make_run: Callable[..., Run], part: Part, computed: list[int]) -> None:
    run = make_run()
    first, second = score(run, part, "mnist"), score(run, part, "mnist")
    assert len(computed) == 1
    assert np.allclose(first.logits, second.logits)
    assert (first.labels == second.labels).all()
    assert run.evaluation("mnist").is_file()


def test_other_weights_make_kept_scores_stale(make_run: Callable[..., Run], part: Part, computed: list[int]) -> None:
    run = make_run()
    first = score(run, part, "mnist")
    save_weights(run.weights, build_model("softmax").state_dict())
    second = score(run, part, "mnist")
    assert len(computed) == 2
    assert not np.allclose(first.logits, second.logits)
    assert load_evaluation(run.evaluation("mnist")).weights == second.weights != first.weights


def test_other_images_or_labels_make_kept_scores_stale(
    make_run: Callable[..., Run], part: Part, computed: list[int]
) -> None:
    run = make_run()
    score(run, part, "mnist")
    score(run, Part(part.images, (part.labels + 1) % 10), "mnist")
    score(run, Part(part.images.flip(0), part.labels), "mnist")
    assert len(computed) == 3


def test_damaged_kept_scores_are_computed_again(make_run: Callable[..., Run], part: Part, computed: list[int]) -> None:
    run = make_run()
    score(run, part, "mnist")
    run.evaluation("mnist").write_bytes(b"rubbish")
    score(run, part, "mnist")
    assert len(computed) == 2
    load_evaluation(run.evaluation("mnist"))


def test_a_checkpoint_is_read_but_never_written(
    make_run: Callable[..., Run], part: Part, computed: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "CHECKPOINTS", tmp_path / "checkpoints")
    run = make_run(tmp_path / "checkpoints")
    assert len(score(run, part, "mnist").logits) == 30
    assert not (run.folder / "evaluations").exists()

    monkeypatch.setattr(scoring, "CHECKPOINTS", tmp_path / "elsewhere")
    score(run, part, "mnist")
    monkeypatch.setattr(scoring, "CHECKPOINTS", tmp_path / "checkpoints")
    score(run, part, "mnist")
    assert len(computed) == 2


def test_scores_that_cannot_be_kept_are_given_all_the_same(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    (run.folder / "evaluations").write_text("in the way")
    assert len(score(run, part, "mnist").logits) == 30


def test_a_run_without_weights_is_refused(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    run.weights.unlink()
    with pytest.raises(BadRun, match=r"has no weights yet. Wait for its first epoch"):
        score(run, part)


def test_weights_that_overflow_are_refused(make_run: Callable[..., Run], part: Part) -> None:
    run = make_run()
    save_weights(run.weights, {"linear.weight": torch.full((10, 784), 3e38), "linear.bias": torch.zeros(10)})
    with pytest.raises(BadRun, match="gives scores that are not finite"):
        score(run, part, "mnist")
    assert not run.evaluation("mnist").exists()
