"""Whether teachers help with hands and devices that nothing was learned from: the estimate for the next unknown device.

    python -m benchmarks.teachers [--model NAME] [--seed NUMBER] [--teachers NUMBER]

Trains a network and its teachers, which are alike but for the seed, without half of the collections of pen digits. The
network then learns for some epochs more from its own answers, and once more from theirs, too. With the shipped CNN and
two teachers it takes a quarter of an hour on two cores that compute in bfloat16.

Prints for each network how it reads the collections left out, as `benchmarks.donors` does; after each distillation also
how many drawings only this network or the one before it reads right, and McNemar's p.
"""

import argparse
import sys

from benchmarks.donors import Found, LeftOut, Recipe, Shared, WithoutDonors
from benchmarks.table import machine
from digitlab.config import ARCHITECTURES, TrainConfig
from digitlab.data.hands import HABITS
from digitlab.errors import DigitlabError
from digitlab.metrics.significance import disputed
from digitlab.models import build_model
from digitlab.presets import find_preset
from digitlab.settings import Settings
from digitlab.training.devices import keep_freed_memory
from digitlab.training.trainer import EpochRecord, Hooks, Trainer

_LEFT_OUT = ("ced", "app", "gmd", "apa")
"""Half of the collections, and of the drawings: enough that some dozens are read wrong."""

_EPOCHS = 8
_OF_DISTILLATION = 4
_AVERAGING = 0.998
"""Of these short trainings; over the last five hundred steps."""


class Experiment:
    """What all its networks learn from, and what they are to read."""

    def __init__(self, settings: Settings) -> None:
        recipe = Recipe(HABITS, non_digits=find_preset("cnn").config.non_digits)
        shared = Shared(recipe, settings)
        self.train = WithoutDonors(shared, _LEFT_OUT)
        self.left_out = LeftOut.of(_LEFT_OUT, shared)

    def trainer(self, config: TrainConfig, teachers: list[Trainer], hooks: Hooks | None = None) -> Trainer:
        """A training that is not begun; its teachers are those that have learned in others."""
        model = build_model(config.model, config.dropout, config.seed)
        learned = [teacher.learned for teacher in teachers]
        return Trainer(model, self.train, self.left_out.digits[:1], config, hooks, learned)

    def found(self, trainer: Trainer) -> Found:
        """How what was learned in a training reads what was left out."""
        return self.left_out.read_by(trainer.learned, trainer.device)


class _UntilDistillation(Hooks):
    """Stops a training before its first epoch of distillation."""

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        if record.epoch == _EPOCHS:
            trainer.stop()


def main(model: str, seed: int, teachers: int) -> None:
    """Print the lines, each as soon as it is measured."""
    keep_freed_memory()
    print(machine())
    experiment = Experiment(Settings.from_environment())
    config = find_preset("cnn").config.replace(
        model=model,
        epochs=_EPOCHS + _OF_DISTILLATION,
        distillation_epochs=_OF_DISTILLATION,
        weight_averaging=_AVERAGING,
        keep="last",
    )
    trained = []
    for one in range(seed, seed + teachers + 1):
        trainer = experiment.trainer(config.replace(seed=one), [], _UntilDistillation())
        trainer.run()
        trained.append(trainer)
        print(f"seed {one}: {experiment.found(trainer)}", flush=True)
    pupil, *others = trained
    before, name = experiment.found(pupil), f"seed {seed}"
    for more, chosen in (("its own answers", []), ("its own and its teachers'", others)):
        trainer = experiment.trainer(config.replace(seed=seed), chosen)
        trainer.load_state_dict(pupil.state_dict())
        trainer.run()
        found = experiment.found(trainer)
        print(f"seed {seed}, then {more}: {found}; beside {name}: {disputed(found.right, before.right)}", flush=True)
        before, name = found, more


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=ARCHITECTURES, default=find_preset("cnn").config.model)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--teachers", type=int, choices=range(1, 9), default=2)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asked = _parsed()
        main(asked.model, asked.seed, asked.teachers)
    except DigitlabError as error:
        sys.exit(str(error))
