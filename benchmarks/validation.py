"""How models compare where choices are made: on the validation images of the first one, which none may have learned.

    python -m benchmarks.validation MODEL [MODEL…]

MODEL: a checkpoint or run id. Prints a line for each: the loss before calibration, and the images of each data set read
wrong. With pen digits also, where it counts as sure of 97 % of the drawings, of how many it is sure and wrong, and of
how many letters unlike digits it is sure. Of the later models, how many images only it or only the first reads right,
and McNemar's p.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.letters import letter_images
from digitlab.errors import DigitlabError
from digitlab.jobs.start import has_learned_held_out
from digitlab.metrics.calibration import log_loss
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.significance import disputed
from digitlab.runs.listing import Catalogue
from digitlab.runs.run import Run
from digitlab.runs.scores import calibrated, score
from digitlab.settings import Settings

_SURE = 0.97


@dataclass(frozen=True)
class Answers:
    """A model's to the validation images of each data set, and to letters unlike digits.

    plain: to all of them, before calibration.
    """

    plain: Predictions
    each: dict[str, Predictions]
    letters: Predictions | None

    def __str__(self) -> str:
        wrong = [f"{name} {(~answers.right).sum()} of {len(answers):,}" for name, answers in self.each.items()]
        said = [f"loss {log_loss(self.plain):.4f}", f"wrong: {', '.join(wrong)}"]
        if drawings := self.each.get("pen"):
            least = np.quantile(drawings.confidence, 1 - _SURE)
            said.append(f"sure and wrong {_share(~drawings.right & (drawings.confidence > least))}")
            said += [f"letters sure {_share(self.letters.confidence > least)}"] if self.letters else []
        return "; ".join(said)


def _share(chosen: np.ndarray) -> str:
    return f"{chosen.sum()} of {len(chosen):,} ({100 * chosen.mean():.2f} %)"


def answers_of(run: Run, other: Run, settings: Settings) -> Answers:
    """A model's answers to the validation images of another. Raises what loading the data and the weights raises."""
    folders, share = settings.folders, other.config.validation_share
    names = other.config.data_names
    scores = {name: score(run, load_part(name, PartName.VALIDATION, folders, share)) for name in names}
    letters = letter_images(folders.data, PartName.VALIDATION, share)
    logits = np.concatenate([one.logits for one in scores.values()])
    labels = np.concatenate([one.labels for one in scores.values()])
    return Answers(
        plain=Predictions(logits, labels),
        each={name: calibrated(run, one) for name, one in scores.items()},
        letters=calibrated(run, score(run, letters)) if letters else None,
    )


def main(names: Sequence[str]) -> None:
    """Print the lines, each as soon as it is measured."""
    settings = Settings.from_environment()
    first, *others = [Catalogue(settings).find(name) for name in names]
    if knows := [run.id for run in others if has_learned_held_out(run.config, first.config)]:
        sys.exit(f"{knows[0]} has learned from images that {first.id} holds out. Choose one with its validation share.")
    answers = answers_of(first, first, settings)
    print(f"{first.id}: {answers}", flush=True)
    for run in others:
        found = answers_of(run, first, settings)
        print(f"{run.id}: {found}; beside {first.id}: {disputed(found.plain.right, answers.plain.right)}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the models to compare, such as cnn champion.")
    try:
        main(sys.argv[1:])
    except DigitlabError as error:
        sys.exit(str(error))
