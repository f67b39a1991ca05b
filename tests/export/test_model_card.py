import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from digitlab.export.exports import EXPORTS, write_export
from digitlab.export.model_card import write_model_card
from digitlab.runs.label import rename_run
from digitlab.runs.run import Run, open_run
from digitlab.settings import CHECKPOINTS
from tests.export.conftest import library_says

HOSTILE = "a\": x\\ '--- <script>alert(1)</script> ``` [b](javascript:c) | {{d}} # ${e}"
"""A name with what YAML, Markdown, HTML and JSON read as their own."""


def parted(card: str) -> tuple[dict[str, Any], str]:
    """Metadata and text, as Hugging Face's own reader parts them: at the first two lines of three dashes."""
    found = re.match(r"---\n(.*?)\n---\n(.*)", card, re.DOTALL)
    assert found
    facts = yaml.safe_load(found[1])
    assert isinstance(facts, dict)
    return facts, found[2]


def test_the_metadata_are_those_of_an_image_classifier() -> None:
    facts, _ = parted(write_model_card(open_run(CHECKPOINTS / "cnn")))
    assert facts["license"] == "mit"
    assert facts["library_name"] == "digitlab"
    assert facts["pipeline_tag"] == "image-classification"
    assert {"handwritten-digits", "cnn-deep"} <= set(facts["tags"])
    assert facts["datasets"] == ["ylecun/mnist"]
    assert facts["metrics"] == ["accuracy"]


def test_the_figures_are_those_of_the_results() -> None:
    run = open_run(CHECKPOINTS / "cnn")
    facts, text = parted(write_model_card(run))
    (model,) = facts["model-index"]
    assert model["name"] == "cnn"
    assert {one["task"]["type"] for one in model["results"]} == {"image-classification"}
    read = {one["dataset"]["name"]: one["metrics"] for one in model["results"]}
    tested = run.results["test"]
    assert read == {
        title: [{"type": "accuracy", "name": "Accuracy", "value": tested[data]["accuracy"]}]
        for title, data in (("MNIST", "mnist"), ("Pen digits", "pen"))
    }
    assert [one["dataset"]["type"] for one in model["results"]] == ["ylecun/mnist", "pen"]
    low, high = tested["mnist"]["interval"]
    shown = f"{tested['mnist']['accuracy']:.2%} | {low:.2%} to {high:.2%}".replace("%", " %").replace(" % to", " to")
    assert f"| MNIST | {shown} | {tested['mnist']['mistakes']} of 10,000 |" in text


def test_the_text_says_what_it_is_how_it_was_made_its_limits_and_whose_data() -> None:
    run = open_run(CHECKPOINTS / "cnn")
    _, text = parted(write_model_card(run))
    for words in (
        "# cnn\n",
        "Model `cnn-deep`, 483,626 parameters, trained on MNIST + Pen digits with seed 0.",
        f"a temperature of {run.results['doubt']['temperature']:.2f}",
        "## Limits\n",
        f'"epochs": {run.config.epochs}',
        "MNIST: Y. LeCun, C. Cortes, C. J. C. Burges, CC BY-SA 3.0.",
        "doi:10.5281/zenodo.1195803, CC BY 4.0",
        "The weights ship with digitlab, under its MIT licence.",
    ):
        assert words in text


def test_nobody_but_the_owner_says_under_which_licence_a_run_is(make_run: Callable[..., Run]) -> None:
    facts, text = parted(write_model_card(make_run()))
    assert facts["license"] == "unknown"
    assert "datasets" not in facts
    assert "fill in `license` above" in text


def test_a_run_that_was_not_tested_claims_no_figures(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_results({"parameters": 7850})
    facts, text = parted(write_model_card(run))
    assert "model-index" not in facts
    assert "It was not tested yet." in text


def test_no_name_breaks_out_of_its_place(make_run: Callable[..., Run]) -> None:
    run = make_run(name=HOSTILE)
    usual, plain_text = parted(write_model_card(make_run()))
    facts, text = parted(write_model_card(run))
    assert facts["model-index"][0]["name"] == HOSTILE
    assert facts.keys() == usual.keys()
    assert facts["license"] == usual["license"]
    assert text.count("\n") == plain_text.count("\n")
    (settings,) = re.findall(r"```json\n(.*?)\n```\n", text, re.DOTALL)
    assert json.loads(settings)["name"] == HOSTILE
    rest = text.replace(settings, "")
    assert "<script>" not in rest
    assert "](" not in rest


def test_the_card_has_the_runs_new_name(make_run: Callable[..., Run]) -> None:
    run = make_run()
    rename_run(run, "my best")
    facts, text = parted(write_model_card(run))
    assert facts["model-index"][0]["name"] == "my best"
    assert "# my best\n" in text


def test_the_code_in_the_card_reads_the_folder_as_the_library_does(
    calm_run: Run, toy_images: np.ndarray, tmp_path: Path
) -> None:
    write_export(EXPORTS["huggingface"], calm_run, tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (tmp_path / "README.md").read_text(), re.DOTALL)
    yours = re.sub(r"images = .*  # yours", "images = given", code)
    assert yours != code
    found: dict[str, Any] = {"given": torch.from_numpy(toy_images)}
    with contextlib.chdir(tmp_path):
        exec(yours, found)
    said = library_says(calm_run, toy_images)
    assert np.abs(found["probabilities"].numpy() - said).max() <= 1e-5
    assert found["digits"].tolist() == said.argmax(1).tolist()
    assert found["sure"].tolist() == (said.max(1) >= 0.25).tolist()
