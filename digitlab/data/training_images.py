"""What a training learns from: images that stay, drawings in ever new hands, and images that show no digit."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from digitlab.data import PartName, Progress, quiet
from digitlab.data.dataset import Dataset, Where, find_datasets
from digitlab.data.letters import letter_drawings
from digitlab.data.non_digits import draw_non_digits
from digitlab.data.parts import Part, TrainingImages, join
from digitlab.data.rendering import render_hands
from digitlab.ink.stroke_arrays import Strokes, as_strokes
from digitlab.ink.strokes import Ink, LabelledDrawing

_RENDERINGS = 6
"""How often each training drawing is rendered for an epoch; drawings of other parts are rendered once."""

_MOST_RENDERINGS, _WEIGHT = 64, 2000
"""A few drawings of one's own are rendered more often, up to so many images in all, so that they count."""


def load_training(
    name: str,
    where: Where,
    validation_share: float,
    *,
    fresh: bool = False,
    non_digits: float = 0.0,
    most: int = 0,
    seed: int = 0,
    progress: Progress = quiet,
) -> TrainingImages:
    """The training part of the named data set.

    fresh: drawings are rendered anew for each epoch; otherwise every epoch sees the same renderings.
    non_digits: images without a digit to add, as a share of the others, in 0..1; letters among them where there are
    pen digits in the set and pen letters in the data folder.
    most: images and drawings to take at most, drawn at random by the seed from all of them; 0 for all. A drawing
    counts once, however often it is rendered. The same seed gives the same ones, and a larger number more of them.
    Raises UnknownName for a name that does not exist and DataMissing when its files are not to be had.
    """
    sets = find_datasets(name)
    pictures = [one.load_part(where, PartName.TRAIN, validation_share, progress) for one in sets if not one.drawings]
    inked = [one for one in sets if one.drawings]
    drawn = [one.load_drawings(where, PartName.TRAIN, validation_share) for one in inked]
    if most:
        chosen = _draw_some([*map(len, pictures), *map(len, drawn)], most, seed)
        pictures = [part.select(which) for part, which in zip(pictures, chosen, strict=False) if len(which)]
        places = chosen[len(chosen) - len(drawn) :]
        drawn = [[some[place] for place in which] for some, which in zip(drawn, places, strict=True)]
    images = FreshImages(
        pictures,
        [_ink_set(one, some) for one, some in zip(inked, drawn, strict=True) if some],
        non_digits,
        _letters(sets, where, validation_share) if non_digits else [],
        progress,
    )
    return images if fresh else images.of_epoch(0)


def _letters(sets: Sequence[Dataset], where: Where, validation_share: float) -> list[Ink]:
    """The letters to learn to be unsure of: by the people whose digits are learned, and others not in another part."""
    pen = next((one for one in sets if one.name == "pen"), None)
    folder = pen.folder(where) if pen else None
    return [one.ink for one in letter_drawings(folder, PartName.TRAIN, validation_share)] if folder else []


@dataclass(frozen=True)
class InkSet:
    """Drawings to train on, and how often each is rendered for an epoch."""

    drawings: Sequence[LabelledDrawing]
    renderings: int

    @cached_property
    def strokes(self) -> Strokes:
        """The drawings as arrays, made once: every epoch renders them."""
        return as_strokes([drawing.ink for drawing in self.drawings])

    def of_epoch(self, epoch: int, progress: Progress) -> Part:
        """The images of an epoch, counted from 0."""
        turns = range(epoch * self.renderings, (epoch + 1) * self.renderings)
        return render_hands(self.strokes, [drawing.digit for drawing in self.drawings], turns, progress)


def _draw_some(sizes: Sequence[int], most: int, seed: int) -> list[Tensor]:
    """Which of several collections' members are taken: for each its positions, rising; at most so many in all."""
    order = torch.randperm(sum(sizes), generator=torch.Generator().manual_seed(seed))[:most]
    ends = list(itertools.accumulate(sizes, initial=0))
    return [(order[(order >= low) & (order < high)] - low).sort().values for low, high in itertools.pairwise(ends)]


def _ink_set(dataset: Dataset, drawings: Sequence[LabelledDrawing]) -> InkSet:
    often = 0 if dataset.is_fixed else min(_MOST_RENDERINGS, _WEIGHT // max(1, len(drawings)))
    return InkSet(drawings, max(_RENDERINGS, often))


@dataclass(frozen=True)
class FreshImages:
    """Images that stay, and drawings in ever new hands.

    pictures: parts that are the same in every epoch. ink: drawings that are not. non_digits: images without a digit, as
    a share of all others. letters: drawings of some that are among these. Two things of equal content give the same
    images for the same epoch.
    """

    pictures: Sequence[Part]
    ink: Sequence[InkSet]
    non_digits: float = 0.0
    letters: Sequence[Ink] = ()
    progress: Progress = field(default=quiet, compare=False)

    def __len__(self) -> int:
        return self._digits + self._others

    @property
    def _digits(self) -> int:
        return sum(map(len, self.pictures)) + sum(len(one.drawings) * one.renderings for one in self.ink)

    @property
    def _others(self) -> int:
        return round(self._digits * self.non_digits)

    def of_epoch(self, epoch: int) -> Part:
        """The images of an epoch, counted from 0."""
        rendered = [one.of_epoch(epoch, self.progress) for one in self.ink]
        everything = [drawing for one in self.ink for drawing in one.drawings]
        if not self._others:
            return join([*self.pictures, *rendered])
        others = draw_non_digits(everything, self._others, epoch, self.letters, self.progress)
        return join([*self.pictures, *rendered, others])
