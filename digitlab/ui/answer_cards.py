"""The answers on the page: asks the chosen models and shows their cards."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from digitlab.errors import DigitlabError
from digitlab.preprocess import Prepared
from digitlab.runs.catalog import ModelEntry
from digitlab.ui import predictors
from digitlab.ui.answers import INVITATION, LOADING, NO_MODEL, Answer, answers_html
from digitlab.ui.live_html import live_html
from digitlab.ui.model_picker import colours, shown_name
from digitlab.ui.reruns import rerun_fragment
from digitlab.ui.styles import VERDICT, styles

_show = live_html("digitlab.answers", styles(Path(__file__).parent / "answers.css", VERDICT))


def show_answers(prepared: Prepared | None, models: Sequence[ModelEntry]) -> None:
    """A card for each model: its answer to the prepared image, or an empty one while there is none.

    Call it in a fragment. In the first seconds of the server, while torch is being imported, the cards say so, and
    the fragment runs again when the models are there.
    """
    image = prepared.image if prepared else None
    waiting = image is not None and bool(models) and not predictors.is_quick()
    colour = colours([model.name for model in models])
    cards = [_answer(model, colour[model.name], None if waiting else image) for model in models]
    note = LOADING if waiting else INVITATION if models else NO_MODEL
    _show(answers_html(cards, image, note), "answers")
    if waiting:
        load_and_rerun(models)


def _answer(model: ModelEntry, colour: str, image: np.ndarray | None) -> Answer:
    card = Answer(shown_name(model), colour, model.parameters)
    if image is None:
        return card
    try:
        return replace(card, reading=predictors.predictor(model.name).read(image))
    except DigitlabError as error:
        return replace(card, trouble=str(error))


def load_and_rerun(models: Sequence[ModelEntry]) -> None:
    """Load the models, then have the newest drawing answered."""
    for model in models:
        with suppress(DigitlabError):  # its card says so in the next run
            predictors.predictor(model.name)
    rerun_fragment()
