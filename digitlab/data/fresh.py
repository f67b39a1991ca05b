"""Training images of which the pen drawings are rendered anew for every epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

from digitlab.data.ink_file import Drawing
from digitlab.data.non_digits import draw_non_digits
from digitlab.data.parts import Part, join
from digitlab.data.rendering import render


@dataclass(frozen=True)
class InkSet:
    """Drawings to train on, and how often each is rendered for an epoch."""

    drawings: Sequence[Drawing]
    renderings: int


@dataclass(frozen=True)
class FreshImages:
    """Images that stay, and drawings in ever new hands.

    pictures: parts that are the same in every epoch. ink: drawings that are not. non_digits: images without a digit,
    as a share of all others. Two things of equal content give the same images for the same epoch.
    """

    pictures: Sequence[Part]
    ink: Sequence[InkSet]
    non_digits: float = 0.0

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
        rendered = [render(one.drawings, _turns(epoch, one.renderings)) for one in self.ink]
        everything = [drawing for one in self.ink for drawing in one.drawings]
        others = [draw_non_digits(everything, self._others, epoch)] if self._others else []
        return join([*self.pictures, *rendered, *others])


def _turns(epoch: int, renderings: int) -> range:
    return range(epoch * renderings, (epoch + 1) * renderings)
