"""A run's model card as Hugging Face expects it: README.md that begins with what its search reads, in YAML."""

import json
import math
from typing import Any

import yaml

from digitlab import __version__
from digitlab.data.dataset import data_title
from digitlab.formats import plain
from digitlab.image import SIDE
from digitlab.runs.card import introduction, sources, sureness, table_of_figures
from digitlab.runs.label import title_of
from digitlab.runs.run import Run
from digitlab.runs.scores import read_doubt

_AT_HUB = {"mnist": "ylecun/mnist"}
"""The names of data sets there. The others are not there: the text says where they are from."""

_TASK = "image-classification"

_USE = f"""\
The network takes grey values, `uint8` of shape (N, {SIDE}, {SIDE}), white ink on black, as MNIST has them;
`digitlab.prepare` makes such an image of a photo or a drawing. With digitlab installed, in the folder of these files:

```python
import json

import torch
from safetensors.torch import load_file

from digitlab.models import build_model, compute_logits

config = json.load(open("config.json"))
model = build_model(config["architecture"]).eval()
model.load_state_dict(load_file("model.safetensors"))
images = torch.zeros(1, {SIDE}, {SIDE}, dtype=torch.uint8)  # yours
probabilities = torch.softmax(compute_logits(model, images) / config["temperature"], 1)
digits = probabilities.argmax(1)
sure = probabilities.amax(1) >= config["threshold"]
```"""

_LIMITS = """\
- It reads one digit at a time, and gives an answer to whatever it is shown: where it is not sure, trust none.
- The figures hold for the test images named above. Other hands, pens, papers and cameras may be read worse.
- It was made to show how a machine reads digits. It was not tested on cheques, ballots, forms or exams."""


def write_model_card(run: Run) -> str:
    """The card as Markdown. Raises BadRun when config, status, label or results are damaged or foreign."""
    results, tested = run.results, run.results.get("test", {})
    figures = (
        table_of_figures((plain(data_title(data)), one) for data, one in tested.items())
        if tested
        else ["It was not tested yet."]
    )
    return "\n".join(
        [
            "---",
            yaml.safe_dump(_metadata(run), sort_keys=False, allow_unicode=True, width=math.inf).rstrip(),
            "---",
            "",
            f"# {plain(title_of(run))}",
            "",
            "A network that reads handwritten digits, trained with digitlab.",
            *introduction(run),
            "",
            "## Figures",
            "",
            *figures,
            "",
            *sureness(results),
            "",
            "## Use",
            "",
            _USE,
            "",
            "## Limits",
            "",
            _LIMITS,
            "",
            "## Settings of the training",
            "",
            "```json",
            json.dumps(run.config.to_dict(), indent=2),  # no line of it can end the block, whatever the run is called
            "```",
            "",
            "## Data and licences",
            "",
            *sources(run.config),
            "",
            _licence(run),
            "",
        ]
    )


def write_model_config(run: Run) -> str:
    """config.json beside the card: what it takes to build the network and to read its answers.

    Raises BadRun when config or results are damaged or foreign.
    """
    doubt = read_doubt(run)
    facts = {
        "model_type": "digitlab",
        "digitlab": __version__,
        "architecture": run.config.model,
        "image_size": SIDE,
        "temperature": doubt.temperature,
        "threshold": doubt.threshold,
        "training": run.config.to_dict(),
    }
    return json.dumps(facts, indent=2) + "\n"


def _metadata(run: Run) -> dict[str, Any]:
    """What Hugging Face reads of a model: huggingface.co/docs/hub/model-cards."""
    facts: dict[str, Any] = {
        "license": "mit" if run.is_checkpoint else "unknown",
        "library_name": "digitlab",
        "pipeline_tag": _TASK,
        "tags": ["digitlab", "pytorch", "handwritten-digits", run.config.model],
        "datasets": [_AT_HUB[name] for name in run.config.data_names if name in _AT_HUB],
        "metrics": ["accuracy"],
    }
    if tested := run.results.get("test"):
        facts["model-index"] = [
            {
                "name": title_of(run),
                "results": [
                    {
                        "task": {"type": _TASK, "name": "Reading handwritten digits"},
                        "dataset": {"type": _AT_HUB.get(data, data), "name": data_title(data), "split": "test"},
                        "metrics": [{"type": "accuracy", "name": "Accuracy", "value": one["accuracy"]}],
                    }
                    for data, one in tested.items()
                ],
            }
        ]
    return {name: value for name, value in facts.items() if value}


def _licence(run: Run) -> str:
    if run.is_checkpoint:
        return "The weights ship with digitlab, under its MIT licence."
    return "Under which licence the weights are is for those to say who publish them: fill in `license` above."
