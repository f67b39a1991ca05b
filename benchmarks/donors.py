"""How well a collection is read by a CNN that learned from all the others: the estimate for the next unknown device.

    python -m benchmarks.donors [--model NAME] [--seed NUMBER] [--donors NUMBER] [RECIPE…]

RECIPE: one of `RECIPES`, such as "all" for all habits of hands, "none", or "no hooks"; without any, all of them. A
recipe is eight short trainings, one for each donor left out: of the shipped CNN, hours on two cores and some minutes on
a GPU; of `cnn-fast`, ten minutes on one core. --donors: leave out those with the most drawings, so many.

Prints a line for each donor, all its people and no one else: the drawings read right in percent, and the letters
unlike digits, of that donor, that are more confident than 97 % of its digits. Then one for all of them; where the
recipe "all" was measured before, it also says how many drawings only one of the two reads right, and McNemar's p.
"""

import argparse
import operator
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.table import machine
from digitlab.config import ARCHITECTURES
from digitlab.data.dataset import load_part
from digitlab.data.hands import HABITS, Habit
from digitlab.data.letters import letters_file, read_letters, render_letters
from digitlab.data.non_digits import draw_non_digits
from digitlab.data.parts import Part, join
from digitlab.data.pen import read_pen_digits
from digitlab.data.rendering import render, render_hands
from digitlab.errors import DigitlabError
from digitlab.ink.stroke_arrays import as_strokes
from digitlab.metrics.significance import disputed
from digitlab.models import build_model, compute_logits
from digitlab.presets import find_preset
from digitlab.settings import Settings
from digitlab.training.devices import keep_freed_memory
from digitlab.training.trainer import Trainer

_EPOCHS = 6
_MNIST = 10_000
_RENDERINGS = 6
_SURE = 0.97
"""A short schedule: what counts is which of two recipes reads more of a strange collection."""


@dataclass(frozen=True)
class Recipe:
    """What is learned from: the hands' habits, images without a digit as a share of the others, and whether letters
    are among them."""

    habits: Mapping[str, Habit]
    non_digits: float = 0.08
    letters: bool = True
    renderings: int = _RENDERINGS


def _stronger(times: float) -> Mapping[str, Habit]:
    return {name: replace(habit, share=min(1.0, habit.share * times)) for name, habit in HABITS.items()}


_BASE = "all"

RECIPES: Mapping[str, Recipe] = {
    _BASE: Recipe(HABITS),
    "none": Recipe({}),
    "stronger": Recipe(_stronger(1.8)),
    "no letters": Recipe(HABITS, letters=False),
    **{f"no {left}": Recipe({name: HABITS[name] for name in HABITS if name != left}) for left in HABITS},
    "ten renderings": Recipe(HABITS, renderings=10),
}


class Shared:
    """What all trainings of a recipe have in common, made once."""

    def __init__(self, recipe: Recipe, settings: Settings) -> None:
        self.recipe = recipe
        self.drawings = list(read_pen_digits(settings.data).drawings)
        file = letters_file(settings.data)
        self.letters = read_letters(file) if file else []
        self.mnist = load_part("mnist", "train", settings.data)[:_MNIST]
        self._strokes = as_strokes([drawing.ink for drawing in self.drawings])
        self._epochs: dict[int, Part] = {}

    @property
    def donors(self) -> list[str]:
        """The donors, the one with the most drawings first."""
        return [donor for donor, _ in Counter(drawing.donor for drawing in self.drawings).most_common()]

    @cached_property
    def donor_of(self) -> np.ndarray:
        """Of each drawing, shape (N,)."""
        return np.array([drawing.donor for drawing in self.drawings])

    def ink(self, epoch: int) -> Part:
        """All drawings in the hands of an epoch, one rendering after the other."""
        if epoch not in self._epochs:
            often = self.recipe.renderings
            turns = range(1 + epoch * often, 1 + (epoch + 1) * often)
            labels = [drawing.digit for drawing in self.drawings]
            self._epochs[epoch] = render_hands(self._strokes, labels, turns, habits=self.recipe.habits)
        return self._epochs[epoch]


@dataclass(frozen=True)
class WithoutDonors:
    """The training images without anything of some donors."""

    shared: Shared
    donors: Collection[str]

    @cached_property
    def _kept(self) -> Tensor:
        """Of an epoch's ink."""
        return torch.from_numpy(
            np.tile(~np.isin(self.shared.donor_of, list(self.donors)), self.shared.recipe.renderings)
        )

    @property
    def _digits(self) -> int:
        return len(self.shared.mnist) + int(self._kept.sum())

    @property
    def _others(self) -> int:
        return round(self._digits * self.shared.recipe.non_digits)

    def __len__(self) -> int:
        return self._digits + self._others

    def of_epoch(self, epoch: int) -> Part:
        """The images of an epoch, counted from 0."""
        drawings = [drawing for drawing in self.shared.drawings if drawing.donor not in self.donors]
        letters = [one.ink for one in self.shared.letters if one.source.donor not in self.donors]
        others = draw_non_digits(drawings, self._others, epoch, letters if self.shared.recipe.letters else [])
        return join([self.shared.mnist, self.shared.ink(epoch).select(self._kept), others])


@dataclass(frozen=True)
class Found:
    """right: which drawings of the donors left out are read right, `bool` of shape (N,). letters, sure: their letters,
    and those more confident than 97 % of their drawings."""

    right: np.ndarray
    letters: int
    sure: int

    def __add__(self, other: "Found") -> "Found":
        return Found(np.append(self.right, other.right), self.letters + other.letters, self.sure + other.sure)

    def __str__(self) -> str:
        letters = f", {100 * self.sure / self.letters:.1f} % of {self.letters:,} letters" if self.letters else ""
        wrong = int((~self.right).sum())
        return f"{100 * self.right.mean():.2f} %, {wrong:,} of {len(self.right):,} wrong{letters}"


@dataclass(frozen=True)
class LeftOut:
    """What is there of the donors left out: their drawings, and their letters unlike digits."""

    digits: Part
    letters: Part

    @classmethod
    def of(cls, donors: Collection[str], shared: Shared) -> "LeftOut":
        """As they were drawn."""
        return cls(
            render([drawing for drawing in shared.drawings if drawing.donor in donors]),
            render_letters([letter for letter in shared.letters if letter.source.donor in donors]),
        )

    def read_by(self, model: nn.Module, device: torch.device) -> Found:
        """How a model that is on a device reads them."""
        parts = (self.digits, self.letters)
        logits, of_letters = (compute_logits(model.eval(), part.to(device).images) for part in parts)
        least = logits.softmax(1).amax(1).quantile(1 - _SURE)
        return Found(
            right=(logits.argmax(1) == self.digits.labels).numpy(),
            letters=len(self.letters),
            sure=int((of_letters.softmax(1).amax(1) > least).sum()),
        )


def leave_out(donor: str, shared: Shared, model: str, seed: int) -> Found:
    """Train without a donor and read its drawings."""
    left_out = LeftOut.of([donor], shared)
    config = find_preset("cnn").config.replace(
        model=model,
        seed=seed,
        epochs=_EPOCHS,
        distillation_epochs=0,  # recipes are compared by what labels teach
        non_digits=shared.recipe.non_digits,
        keep="last",
    )
    trainer = Trainer(
        build_model(config.model, config.dropout, config.seed),
        WithoutDonors(shared, [donor]),
        left_out.digits,
        config,
    )
    trainer.run()
    return left_out.read_by(trainer.learned, trainer.device)


def measure(name: str, model: str, seed: int, donors: int | None = None) -> Iterator[tuple[str, Found]]:
    """Each donor left out of a recipe; donors: at most so many, None for all. Raises what loading the data raises."""
    shared = Shared(RECIPES[name], Settings.from_environment())
    for donor in shared.donors[:donors]:
        yield donor, leave_out(donor, shared, model, seed)


def main(names: Sequence[str], model: str, seed: int, donors: int | None = None) -> None:
    """Print the lines, each as soon as it is measured."""
    keep_freed_memory()
    print(machine())
    whole: dict[str, Found] = {}
    for name in names or RECIPES:
        each = []
        for donor, found in measure(name, model, seed, donors):
            print(f"{name}, without {donor}: {found}", flush=True)
            each.append(found)
        whole[name] = reduce(operator.add, each)
        print(f"{name}, together: {whole[name]}{_beside(whole, name)}", flush=True)


def _beside(whole: Mapping[str, Found], name: str) -> str:
    """What the drawings say of a recipe and of all habits that only one of the two reads right."""
    if name == _BASE or _BASE not in whole:
        return ""
    return f"; beside {_BASE!r}: {disputed(whole[name].right, whole[_BASE].right)}"


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=ARCHITECTURES, default=find_preset("cnn").config.model)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--donors", type=int, choices=range(1, 9))
    parser.add_argument("recipes", nargs="*", metavar="RECIPE")
    asked = parser.parse_args()
    if unknown := [name for name in asked.recipes if name not in RECIPES]:
        parser.error(f"there is no recipe {unknown[0]!r}. Choose {', '.join(RECIPES)}.")
    return asked


if __name__ == "__main__":
    try:
        asked = _parsed()
        main(asked.recipes, asked.model, asked.seed, asked.donors)
    except DigitlabError as error:
        sys.exit(str(error))
