"""The card of a run under way, as HTML. Pure: it draws what it is given."""

from dataclasses import dataclass
from html import escape

from digitlab.config import TrainConfig
from digitlab.figures.durations import duration
from digitlab.figures.numbers import count, percent
from digitlab.runs.overview import time_left
from digitlab.runs.status import State, Status
from digitlab.ui.training.states import WENT_WRONG


@dataclass(frozen=True)
class RunCard:
    """What a card shows. words: the state for people. reason: a line on why, empty when there is none."""

    name: str
    config: TrainConfig
    state: State
    words: str
    status: Status
    reason: str = ""


def card_html(card: RunCard) -> str:
    """Name, state, progress and the figures of the moment; where something went wrong, the reason in their place."""
    name, config = escape(card.name), card.config
    progress = "" if card.state in WENT_WRONG else _bar(card.status) + _figures(card)
    return (
        f'<article class="run {card.state}" aria-label="{name}">'
        f'<header><h3 title="{name}">{name}</h3><span class="state">{escape(card.words)}</span></header>'
        f'<p class="what">{escape(config.model)} on {escape(config.data.replace("+", " + "))}</p>'
        f"{progress}"
        f'<p class="reason">{escape(card.reason)}</p></article>'
    )


def _bar(status: Status) -> str:
    share = status.step / status.steps if status.steps else 0.0
    whole = round(100 * min(1.0, share))
    return (
        f'<div class="track" role="progressbar" aria-label="Progress" aria-valuenow="{whole}" aria-valuemin="0"'
        f' aria-valuemax="100"><div class="bar" style="width:{100 * min(1.0, share):.2f}%"></div></div>'
    )


def _figures(card: RunCard) -> str:
    status = card.status
    epoch = min(status.epoch + 1, card.config.epochs) if card.state is not State.QUEUED else status.epoch
    left = time_left(status) if card.state is State.RUNNING else None
    figures = {
        "Epoch": f"{count(epoch)} of {count(card.config.epochs)}",
        "Step": f"{count(status.step)} of {count(status.steps)}" if status.steps else "–",
        "Time left": "–" if left is None else duration(left),
        "Loss": "–" if status.loss is None else f"{status.loss:.4f}",
        "Accuracy": "–" if status.accuracy is None else percent(status.accuracy, 2),
    }
    return f"<dl>{''.join(f'<div><dt>{label}</dt><dd>{value}</dd></div>' for label, value in figures.items())}</dl>"
