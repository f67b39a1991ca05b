"""What is chosen on Lab, held in its address: the amount of every disturbance, the slider in hand, whom attacks attack.

The sliders live in the browser; the page learns where they stand when they rest.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st

from digitlab.data.dataset import DATASETS
from digitlab.errors import DigitlabError
from digitlab.explain.robustness import DISTURBANCES
from digitlab.reading.disturbed import LOCKABLE, MOST_SEEDS, UNKNOWN, Setting, read_setting
from digitlab.reading.parameters import checked_parameters
from digitlab.ui.app import address
from digitlab.ui.app.callouts import plain
from digitlab.ui.app.locks import is_locked
from digitlab.ui.shared.data_picker import is_here, test_title

_FIRST = "rotation"
"""The slider in hand at first."""


def pick_lab_data() -> str:
    """Show the list of data sets whose test images can be disturbed, and give back the name of one (`?data=pen`)."""
    here = [name for name, one in DATASETS.items() if one.is_fixed and is_here(name)]
    chosen: str = st.selectbox(
        "Test data",
        here,
        format_func=test_title,
        width=280,
        **address.choice(
            "data",
            here,
            help="Samples are images of its test part, and the curve below is measured on 1,000 of them.",
        ),
    )
    return chosen


def chosen_setting(models: Sequence[str], digit: int | None) -> Setting:
    """What the address says. models: ids of those that can be attacked. digit: what the image shows, if known."""
    return Setting(
        {name: address.read(name, settable(name), one.neutral) for name, one in DISTURBANCES.items()},
        address.read("hand", DISTURBANCES, _FIRST),
        address.read("attacked", models, models[0]) if models else "",
        UNKNOWN if digit is None else digit,
        address.read("seed", range(MOST_SEEDS + 1), 0),
        frozenset(filter(is_locked, sorted(LOCKABLE))),
    )


@cache
def settable(name: str) -> tuple[float, ...]:
    """Every amount of a disturbance that its slider can stand at, rising."""
    one = DISTURBANCES[name]
    return tuple(round(one.low + step * one.step, 6) for step in range(round((one.high - one.low) / one.step) + 1))


def as_parameters(setting: Setting) -> dict[str, Any]:
    """A setting as the view's parameters."""
    return {
        **setting.amounts,
        "hand": setting.hand,
        "attacked": setting.attacked,
        "digit": setting.digit,
        "seed": setting.seed,
        "locked": ",".join(sorted(setting.locked)),
    }


def take_setting(models: Sequence[str]) -> Callable[[Mapping[str, Any]], None]:
    """What puts parameters that come from the browser into the address; foreign ones bring one line.

    models: ids of those that can be attacked.
    """

    def take(asked: Mapping[str, Any]) -> None:
        try:
            setting = read_setting(checked_parameters(asked), models)
        except DigitlabError as error:
            st.toast(plain(str(error)), icon=":material/error:")
            return
        amounts = {
            name: None if amount == DISTURBANCES[name].neutral else amount for name, amount in setting.amounts.items()
        }
        hand = None if setting.hand == _FIRST else setting.hand
        attacked = None if not models or setting.attacked == models[0] else setting.attacked
        address.write_all({**amounts, "hand": hand, "attacked": attacked, "seed": setting.seed or None})

    return take
