"""The live view `disturbed`: an image as it looks with everything that is done to it, and what models read in it."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from digitlab.errors import DigitlabError
from digitlab.explain.attacks import ATTACKS
from digitlab.explain.perturbations import PERTURBATIONS
from digitlab.explain.robustness import DISTURBANCES
from digitlab.reading.live import Readers, Readings, Seen, view
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Predictor, Reading

UNKNOWN = -1
"""Stands for the digit of an image of which nobody has said what it shows."""

MOST_SEEDS = 1000

LOCKABLE = frozenset((*DISTURBANCES, "attacked", "seed"))

Found = Mapping[str, Reading | DigitlabError]
"""Model → what it reads, or why it cannot."""


@dataclass(frozen=True)
class Setting:
    """What is done to the image. amounts: disturbance → amount, of all of them.

    hand: the disturbance whose slider is in hand. attacked: the model that attacks are made against. digit: what the
    image shows, or UNKNOWN: an attack then leads away from what the model reads undisturbed. seed: of all that is left
    to chance. locked: names of disturbances, `attacked` or `seed` that nobody is to change.
    """

    amounts: Mapping[str, float]
    hand: str
    attacked: str = ""
    digit: int = UNKNOWN
    seed: int = 0
    locked: frozenset[str] = frozenset()

    @property
    def group(self) -> str:
        """That of the disturbance in hand."""
        return DISTURBANCES[self.hand].group

    @property
    def epsilon(self) -> float:
        """By how much attacks may change a pixel, all together, in grey levels; 0 without one."""
        return sum(self.amounts[name] for name in ATTACKS)


@dataclass(frozen=True)
class Disturbed:
    """original, image: `uint8` of shape (28, 28), None while nothing is drawn. before, after: what is read in them.

    unattacked: the image as attacks found it. trouble: why there could be none.
    """

    setting: Setting
    original: np.ndarray | None = None
    image: np.ndarray | None = None
    unattacked: np.ndarray | None = None
    before: Found = field(default_factory=dict)
    after: Found = field(default_factory=dict)
    trouble: str = ""


def read_setting(parameters: Parameters, models: Sequence[str]) -> Setting:
    """The setting of a view's parameters; what is not said is neutral. Raises BadInk or UnknownName.

    models: those that can be attacked; the first is, unless another one is named.
    """
    amounts = {
        name: one.nearest(parameters.number(name, one.low, one.high, one.neutral)) for name, one in DISTURBANCES.items()
    }
    return Setting(
        amounts,
        parameters.choice("hand", DISTURBANCES, next(iter(DISTURBANCES))),
        parameters.choice("attacked", models, models[0]) if models else "",
        parameters.whole("digit", UNKNOWN, 9, UNKNOWN),
        parameters.whole("seed", 0, MOST_SEEDS, 0),
        frozenset(str(parameters.values.get("locked", "")).split(",")) & LOCKABLE,
    )


@view("disturbed", slow=True)
def disturbed(seen: Seen, readers: Readers) -> Generator[np.ndarray, Readings, Disturbed]:
    """All disturbances one after the other, attacks last, and what every model reads before and after."""
    setting = read_setting(seen.question.parameters, list(seen.question.models))
    if seen.prepared is None:
        return Disturbed(setting)
    original = seen.prepared.image
    unattacked = disturbed_image(original, setting)
    image, trouble = _attacked(unattacked, original, setting, readers.get(setting.attacked))
    answers = yield np.stack([original, image])
    return Disturbed(setting, original, image, unattacked, _nth(answers, 0), _nth(answers, 1), trouble)


def disturbed_image(image: np.ndarray, setting: Setting) -> np.ndarray:
    """An image, `uint8` of shape (28, 28), after all disturbances that ask no model."""
    batch = image[None]
    for name, one in PERTURBATIONS.items():
        batch = one.apply(batch, setting.amounts[name], setting.seed)
    return batch[0]


def _attacked(
    image: np.ndarray, original: np.ndarray, setting: Setting, reader: Predictor | DigitlabError | None
) -> tuple[np.ndarray, str]:
    """The image after all attacks, and why there could be none."""
    if not setting.epsilon:
        return image, ""
    if not isinstance(reader, Predictor):
        return image, str(reader or "There is no model to attack. Choose one.")
    batch = image[None]
    digit = reader.read_all(original[None])[0].digit if setting.digit == UNKNOWN else setting.digit
    for name, attack in ATTACKS.items():
        batch = attack.apply(reader.model, batch, np.array([digit]), setting.amounts[name], setting.seed)
    return batch[0], ""


def _nth(answers: Readings, index: int) -> Found:
    return {model: one if isinstance(one, DigitlabError) else one[index] for model, one in answers.items()}
