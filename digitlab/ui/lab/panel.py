"""The live part of Lab: the disturbed image, its sliders, and a card with each model's verdict.

All of it is one element, so that it follows its sliders over the live channel without a run of the page.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from digitlab.errors import DigitlabError
from digitlab.explain.attacks import ATTACKS, GRADIENT
from digitlab.explain.perturbations import Disturbance
from digitlab.explain.robustness import DISTURBANCES
from digitlab.figures.style import signed_colours
from digitlab.formats import percent, png_address
from digitlab.ink.strokes import Drawing
from digitlab.reading.disturbed import MOST_SEEDS, Disturbed, Setting
from digitlab.reading.live import Question, ask
from digitlab.reading.parameters import Parameters
from digitlab.reading.predictor import Reading
from digitlab.runs.listing import Entry
from digitlab.ui.app import readers
from digitlab.ui.app.locks import LOCKED
from digitlab.ui.components.live import Shown, wish
from digitlab.ui.components.live_html import image_subject, live_html
from digitlab.ui.components.styles import SLIDER, page_style
from digitlab.ui.lab.choices import as_parameters, take_setting
from digitlab.ui.shared.answers import NO_MODEL, Answer, card_html, shown_models, verdict

_VIEW = "disturbed"
_SHARED = Path(__file__).parents[1] / "shared"

page_layout = page_style("lab", Path(__file__).with_name("page.css"))
"""Arranges the page for small screens."""

_show = live_html(
    "digitlab.lab",
    SLIDER,
    _SHARED / "answers.css",
    _SHARED / "verdict.css",
    Path(__file__).with_name("panel.css"),
    draw=Path(__file__).with_name("panel.js"),
)


def show_panel(image: np.ndarray, words: str, setting: Setting, models: Sequence[Entry]) -> None:
    """Show the image, `uint8` of shape (28, 28), disturbed, and what the models say. words: what it is, for people."""
    shown, ids, parameters = shown_models(models), [model.id for model in models], as_parameters(setting)
    question = Question(Drawing(ink=[]), ids, [_VIEW], image=image, parameters=Parameters(parameters))
    value: Disturbed = ask(question, readers.predictor)[_VIEW]
    st.caption(f"This is {words}.")
    _show(
        panel_html(value, shown),
        _VIEW,
        wish(f"image of {_VIEW}", _VIEW, shown, parameters=parameters, lane="slow"),
        subject=image_subject(image),
        on_asked=take_setting(ids),
    )


def live_disturbed(value: Disturbed, models: Sequence[Shown], _without: object) -> dict[str, Any]:
    """The view's value as panel.js draws it."""
    return {"html": panel_html(value, models)}


def panel_html(value: Disturbed, models: Sequence[Shown]) -> str:
    """Image, verdicts and sliders."""
    return (
        '<div class="lab">'
        f'<div class="stage">{"".join(_pictures(value))}</div>'
        f"{_verdicts(value, models)}"
        f'<div class="controls">{_tabs(value.setting)}{"".join(_sliders(value.setting, models))}</div>'
        "</div>"
    )


def _pictures(value: Disturbed) -> Iterator[str]:
    """The image as it is now, as it was, and what an attack did to it."""
    if value.original is None or value.image is None or value.unattacked is None:
        return
    yield _picture("now", value.image, "The image as the models get it: 28×28 grey pixels")
    yield '<div class="beside">'
    yield _picture("was", value.original, "Undisturbed")
    if value.trouble:
        yield f'<p class="trouble">{escape(value.trouble)}</p>'
    elif value.setting.epsilon:
        epsilon = value.setting.epsilon
        change = value.image.astype(float) - value.unattacked
        words = f"The attack: more ink (red), less (blue), at most ε = {epsilon:g} of 255 ({percent(epsilon / 255)})"
        yield _picture("change", signed_colours(change, epsilon), words)
    yield "</div>"


def _picture(name: str, picture: np.ndarray, words: str) -> str:
    return (
        f'<figure class="{name}"><img src="{png_address(picture)}" alt="{words}" width="112" height="112">'
        f"<figcaption>{words}</figcaption></figure>"
    )


def _verdicts(value: Disturbed, models: Sequence[Shown]) -> str:
    answers = [_answer(model, value) for model in models]
    said = verdict([answer for answer in answers if answer.reading]) or ("" if models else NO_MODEL)
    split = " split" if said.startswith("They disagree") else ""
    cards = "".join(
        f'<div class="one">{card_html(answer)}{_before(answer, value.before.get(model.id))}</div>'
        for model, answer in zip(models, answers, strict=True)
    )
    return (
        f'<div class="answers"><div class="cards">{cards}</div>'
        f'<p class="verdict{split}" role="status">{escape(said)}</p></div>'
    )


def _answer(model: Shown, value: Disturbed) -> Answer:
    found = value.after.get(model.id)
    if isinstance(found, DigitlabError):
        return Answer(model.title, model.colour, 0, trouble=str(found))
    return Answer(model.title, model.colour, readers.predictor(model.id).parameters if found else 0, found)


def _before(answer: Answer, before: Reading | DigitlabError | None) -> str:
    """What the model said of the undisturbed image."""
    if not isinstance(before, Reading):
        return '<p class="before">Undisturbed: –</p>'
    has_changed = answer.reading is not None and answer.reading.digit != before.digit
    return (
        f'<p class="before{" changed" if has_changed else ""}">Undisturbed: <b>{before.digit}</b> '
        f"{percent(before.probability)}</p>"
    )


def _tabs(setting: Setting) -> str:
    """A button for each group of sliders, with a dot where one of them does something, and one that ends it all."""
    tabs = []
    for group, members in _groups().items():
        is_used = any(setting.amounts[one.name] != one.neutral for one in members)
        state = "true" if group == setting.group else "false"
        tabs.append(
            f'<button type="button" aria-pressed="{state}" class="{"used" if is_used else ""}"'
            f" data-ask='{json.dumps({'hand': members[0].name})}'>{group}</button>"
        )
    neutral = {name: one.neutral for name, one in DISTURBANCES.items() if name not in setting.locked}
    is_clean = all(setting.amounts[name] == amount for name, amount in neutral.items())
    return (
        f'<div class="tabs" role="group" aria-label="Kinds of disturbances">{"".join(tabs)}</div>'
        f'<button type="button" class="reset" title="Sets every slider of every group to where it changes nothing."'
        f" data-ask='{json.dumps(neutral)}'{' disabled' if is_clean else ''}>Undo all</button>"
    )


def _groups() -> Mapping[str, list[Disturbance]]:
    groups: dict[str, list[Disturbance]] = {}
    for one in DISTURBANCES.values():
        groups.setdefault(one.group, []).append(one)
    return groups


def _sliders(setting: Setting, models: Sequence[Shown]) -> Iterator[str]:
    """The sliders of the group in hand, and what else it needs."""
    for one in _groups()[setting.group]:
        yield _slider(one, setting)
    yield f'<p class="words">{DISTURBANCES[setting.hand].words}</p>'
    if setting.group == GRADIENT:
        yield _attacked_model(setting, models)
    if _leaves_to_chance(setting.group):
        another = (setting.seed + 1) % MOST_SEEDS
        yield (
            f'<button type="button"{_off(setting, "seed")} class="chance" data-ask=\'{json.dumps({"seed": another})}\''
            ' title="Draws all that is left to chance anew.">Another draw</button>'
        )


def _leaves_to_chance(group: str) -> bool:
    return group in {DISTURBANCES[name].group for name in ("noise", "cover", "pgd")}


def _off(setting: Setting, name: str) -> str:
    """What switches off the control of a name that a link locks."""
    return " disabled" if name in setting.locked else ""


def _slider(one: Disturbance, setting: Setting) -> str:
    name, amount = one.name, setting.amounts[one.name]
    said, epsilon = f"{amount:g}".replace("-", "\u2212"), "ε = " if name in ATTACKS else ""
    words = f"{LOCKED} {one.words}" if name in setting.locked else one.words
    return (
        f'<div class="slider{" hand" if name == setting.hand else ""}" title="{words}">'
        f'<label for="{name}">{one.title}</label>'
        f'<input type="range" id="{name}" data-ask="{name}" min="{one.low:g}" max="{one.high:g}" step="{one.step:g}"'
        f' value="{amount:g}" aria-valuetext="{said} {one.unit}" aria-description="{words}"{_off(setting, name)}>'
        f'<output for="{name}" aria-hidden="true">{epsilon}{said} {one.unit}</output></div>'
    )


def _attacked_model(setting: Setting, models: Sequence[Shown]) -> str:
    options = "".join(
        f'<option value="{escape(one.id)}"{" selected" if one.id == setting.attacked else ""}>{escape(one.title)}'
        "</option>"
        for one in models
    )
    return (
        '<div class="attacked"><label for="attacked">Attacked model</label>'
        f'<select id="attacked" data-ask="attacked"{_off(setting, "attacked")} aria-describedby="attacked-words">'
        f"{options}</select>"
        '<p id="attacked-words">Its gradient says what to change; the other models read the same picture.</p></div>'
    )
