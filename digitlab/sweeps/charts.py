"""A sweep's figures, each with its words for who hears it, from its plan and its trials."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from digitlab.config import label_of
from digitlab.figures import sweep as figures
from digitlab.figures import sweep_words as words
from digitlab.figures.sweep import ACCURACY, LOSS, Measure, Scale, Tried
from digitlab.sweeps.plan import Objective, SweepPlan
from digitlab.sweeps.results import pareto, spread
from digitlab.sweeps.space import Axis, Choice
from digitlab.sweeps.trials import Trial

if TYPE_CHECKING:
    import plotly.graph_objects as go


class Chart(NamedTuple):
    """A figure, and the same in some sentences. Marks carry the number of their trial in `customdata`.

    note: says that only some of very many trials are drawn; the figures that leave some out take the numbers of
    picked trials, which are always drawn.
    """

    figure: "go.Figure"
    said: str
    note: str = ""


def marked(chart: Chart, picked: Collection[int]) -> Chart:
    """The chart with picked trials marked, and named in its words. picked: their numbers."""
    figures.mark_picked(chart.figure, picked)
    return chart._replace(said=f"{chart.said} {words.describe_picked(picked)}".rstrip())


def parallel_chart(plan: SweepPlan, trials: Sequence[Trial], picked: Collection[int] = ()) -> Chart:
    """All trials that are done, as parallel coordinates."""
    measure, scales, tried = measure_of(plan.objective), scales_of(plan), _tried(trials, plan.objective)
    return Chart(
        figures.parallel_figure(tried, scales, measure, picked),
        words.describe_parallel(tried, scales, measure),
        words.describe_thinned(len(tried), figures.MOST_LINES),
    )


def slice_charts(plan: SweepPlan, trials: Sequence[Trial], picked: Collection[int] = ()) -> dict[str, Chart]:
    """Hyperparameter → what trials came to along it."""
    measure, tried = measure_of(plan.objective), _tried(trials, plan.objective)
    return {
        field: Chart(
            figures.slice_figure(tried, field, scale, measure, picked),
            words.describe_slice(tried, field, scale, measure),
            words.describe_thinned(len(tried), figures.MOST_MARKS),
        )
        for field, scale in scales_of(plan).items()
    }


def importance_chart(shares: Mapping[str, float]) -> Chart:
    """How much each hyperparameter matters. shares: as `results.importance` gives them."""
    named = {label_of(field): share for field, share in shares.items()}
    return Chart(figures.importance_figure(named), words.describe_importance(named))


def time_chart(trials: Sequence[Trial], picked: Collection[int] = ()) -> Chart:
    """Validation accuracy against training time, with the trials that no other beats."""
    tried = _tried(trials, Objective.ACCURACY)
    front = [trial.number for trial in pareto(trials)]
    return Chart(
        figures.time_figure(tried, front, ACCURACY, picked),
        words.describe_time(tried, front, ACCURACY),
        words.describe_thinned(len(tried), figures.MOST_MARKS),
    )


def spread_chart(plan: SweepPlan, trials: Sequence[Trial]) -> Chart:
    """What the seeds of the best trials do."""
    measure, tried = measure_of(plan.objective), _tried(trials, plan.objective)
    return Chart(figures.spread_figure(tried, measure), words.describe_spread(tried, measure))


def measure_of(objective: Objective) -> Measure:
    """What trials are compared by, as figures name it."""
    return ACCURACY if objective is Objective.ACCURACY else LOSS


def scales_of(plan: SweepPlan) -> dict[str, Scale]:
    """Setting → the axis that it has in figures."""
    return {field: _scale(field, axis) for field, axis in plan.space.items()}


def _scale(field: str, axis: Axis) -> Scale:
    if isinstance(axis, Choice):
        return Scale(label_of(field), words=tuple(str(value) for value in axis.values))
    return Scale(label_of(field), log=axis.log)


def _tried(trials: Sequence[Trial], objective: Objective) -> list[Tried]:
    """The trials that are done, in the order in which they were tried."""
    found = [
        Tried(one.trial.number, one.trial.setting, one.mean, one.values, one.deviation, one.trial.seconds)
        for one in spread(trials, objective)
    ]
    return sorted(found, key=lambda one: one.number)
