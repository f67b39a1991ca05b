"""How long each view of the live channel takes: the whole way from a message to the answer that goes to the browser.

`python -m benchmarks.views [MODEL…]` (default softmax and cnn): a table with median and 95th percentile of RUNS answers
to one drawing, their median processor time, and the largest answer in kB, on one core. A view that has several ways to
be asked has a line for each. Nothing else should run on the machine; where something does, the processor time says what
a quiet one would need.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from digitlab.errors import DigitlabError
from digitlab.explain.embedding import choose_images, fit_neighbourhoods
from digitlab.reading.live import SLOW, VIEWS
from digitlab.reading.maps import PROJECTIONS, add_neighbourhoods, make_map
from digitlab.settings import Settings
from digitlab.ui.app import readers
from digitlab.ui.app.live_messages import answer_all
from digitlab.ui.components.live import Lane
from tests.browser.drawing_page import TRAJECTORIES

RUNS = 20
DRAWING = {"strokes": TRAJECTORIES["3"], "penWidth": 18, "width": 280}

_WAYS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "saliency": [{"method": method} for method in ("integrated-gradients", "occlusion", "grad-cam")],
    "map": [{"projection": projection} for projection in PROJECTIONS],
    "disturbed": [{}, {"rotation": 20}, {"fgsm": 32}, {"pgd": 32}],
}
"""View → what it can be asked, where one default would not show what it costs."""


def main(models: Sequence[str]) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    for model in models:
        readers.predictor(model)
    _ask("answers", models, {})
    _make_maps(models)
    print(f"{'view':42}{'lane':>6}{'median':>12}{'p95':>12}{'processor':>12}{'kB':>8}")
    for view in VIEWS:
        for parameters in _ways(view, models):
            print(_line(view, models, parameters), flush=True)


def _make_maps(models: Sequence[str]) -> None:
    """What the app makes when the panel opens, and the job of a map in the background."""
    images = choose_images(Settings.from_environment().folders)
    for model in models:
        found = make_map(readers.predictor(model), images)
        add_neighbourhoods(found, fit_neighbourhoods(found.values, lambda _share: None))


def _ways(view: str, models: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """What a view is asked: what `_WAYS` has, and after that whatever the answer says to ask next."""
    for parameters in _WAYS.get(view, [{}]):
        asked: Mapping[str, Any] | None = parameters
        while asked is not None:
            shown = json.loads(_ask(view, models, asked))["shown"][view]  # the first of a kind loads what it needs
            yield asked
            more = shown.get("next") if isinstance(shown, dict) else None
            asked = {**asked, **more} if more else None


def _line(view: str, models: Sequence[str], parameters: Mapping[str, Any]) -> str:
    times, spent, size = [], [], 0
    for _ in range(RUNS):
        began, used = time.perf_counter(), time.process_time()
        answer = _ask(view, models, parameters)
        times.append(1000 * (time.perf_counter() - began))
        spent.append(1000 * (time.process_time() - used))
        size = max(size, len(answer))
    slow = statistics.quantiles(times, n=20)[-1]
    words = [
        str(value) if isinstance(value, str) else f"{name} {value}"
        for name, value in parameters.items()
        if name != "of"
    ]
    name = " ".join([view, *words])
    figures = "".join(f"{value:9.1f} ms" for value in (statistics.median(times), slow, statistics.median(spent)))
    return f"{name:42}{_lane(view):>6}{figures}{size / 1000:8.1f}"


def _ask(view: str, models: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """The answer to one message. Raises DigitlabError when the view could not be answered."""
    shown = [[model, model, "#4477AA"] for model in models]
    wish = {"element": view, "view": view, "models": shown, "parameters": dict(parameters)}
    (answer,) = answer_all([json.dumps({"number": 1, "drawing": DRAWING, "show": [wish]})], _lane(view))
    if "trouble" in answer[:200] and "trouble" in json.loads(answer):
        raise DigitlabError(json.loads(answer)["trouble"])
    return answer


def _lane(view: str) -> Lane:
    return "slow" if view in SLOW else "quick"


if __name__ == "__main__":
    try:
        main(sys.argv[1:] or readers.DEFAULTS)
    except DigitlabError as error:
        sys.exit(str(error))
