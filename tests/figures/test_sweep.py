from collections.abc import Callable, Collection
from typing import Any

import plotly.graph_objects as go
import pytest

from digitlab.figures.sweep import (
    ACCURACY,
    LOSS,
    MOST_LINES,
    MOST_MARKS,
    MOST_SPREAD,
    Scale,
    Tried,
    importance_figure,
    mark_picked,
    parallel_figure,
    slice_figure,
    spread_figure,
    time_figure,
)
from tests.figures.conftest import check_finished

SCALES = {"rate": Scale("Rate", log=True), "model": Scale("Model", words=("a", "b", "c")), "size": Scale("Size")}
TRIED = [
    Tried(1, {"rate": 0.001, "model": "a", "size": 5}, 0.9, (0.85, 0.95), 0.07, 1.0),
    Tried(2, {"rate": 0.1, "model": "b", "size": 5}, 0.5, (0.5, 0.5), 0.0, 4.0),
    Tried(3, {"rate": 0.01, "model": "c", "size": 5}, 0.7, (0.6, 0.8), 0.14, 30.0),
]


def test_every_figure_of_a_sweep_is_finished_also_when_nothing_is_done_yet() -> None:
    for tried in (TRIED, []):
        check_finished(parallel_figure(tried, SCALES, LOSS))
        check_finished(slice_figure(tried, "rate", SCALES["rate"], LOSS))
        check_finished(time_figure(tried, [one.number for one in tried], ACCURACY))
        check_finished(spread_figure(tried, LOSS))
        check_finished(importance_figure({"Rate": 0.7} if tried else {}))


def test_a_trial_is_a_line_across_all_axes_and_the_best_are_drawn_last() -> None:
    figure = parallel_figure(TRIED, SCALES, ACCURACY)
    assert [trace.name for trace in figure.data] == ["third", "second", "best quarter"]
    best = figure.data[-1]
    assert list(best.x) == [0, 1, 2, 3, None]
    assert list(best.y) == [0.0, 0.0, 0.5, 1.0, None]  # lowest rate, first word, the only size, highest accuracy
    assert list(best.customdata) == [1, 1, 1, 1, None]
    assert best.text[:4] == ("Rate 0.001", "Model a", "Size 5", "90.00 %")
    middle = figure.data[1]
    assert middle.y[0] == pytest.approx(0.5)
    assert middle.y[1] == 1.0
    assert parallel_figure(TRIED, SCALES, LOSS).data[-1].customdata[0] == 2
    assert list(figure.layout.xaxis.ticktext) == ["Rate", "Model", "Size", "validation accuracy"]


def numbers_in(figure: go.Figure) -> set[int]:
    return {number for trace in figure.data for number in trace.customdata if number is not None}


def slice_of_sizes(tried: list[Tried], picked: Collection[int] = ()) -> go.Figure:
    return slice_figure(tried, "size", Scale("Size"), ACCURACY, picked)


def times(tried: list[Tried], picked: Collection[int] = ()) -> go.Figure:
    return time_figure(tried, [0, max(one.number for one in tried)], ACCURACY, picked)


def test_of_very_many_trials_some_are_drawn_and_the_best_is_one_of_them() -> None:
    many = [Tried(number, {"size": number}, float(number)) for number in range(3 * MOST_LINES)]
    figure = parallel_figure(many, {"size": Scale("Size")}, ACCURACY)
    drawn = numbers_in(figure)
    assert len(drawn) == MOST_LINES
    assert max(drawn) == 3 * MOST_LINES - 1

    picked = parallel_figure(many, {"size": Scale("Size")}, ACCURACY, picked=[1])
    assert 1 not in drawn
    assert {number for trace in picked.data for number in trace.customdata} == {*drawn, 1, None}


@pytest.mark.parametrize("make", [slice_of_sizes, times])
def test_a_figure_of_marks_draws_one_in_so_many_with_the_best_and_what_is_picked(make: Callable[..., Any]) -> None:
    few = [Tried(number, {"size": number}, float(number), seconds=1.0 + number) for number in range(MOST_MARKS)]
    assert numbers_in(make(few)) == set(range(MOST_MARKS))
    many = [Tried(number, {"size": number}, float(number), seconds=1.0 + number) for number in range(2 * MOST_MARKS)]
    drawn = numbers_in(make(many))
    assert len(drawn - {0}) == MOST_MARKS  # where trials have times, the quickest is not beaten, and drawn
    assert 2 * MOST_MARKS - 1 in drawn
    assert not {100, 102} & drawn
    assert {100, 102} <= numbers_in(make(many, picked=[100, 102]))


def test_picked_trials_have_rings_and_in_parallel_coordinates_lines() -> None:
    figure = slice_figure(TRIED, "rate", SCALES["rate"], LOSS)
    mark_picked(figure, [3, 1])
    rings = figure.data[-1]
    assert (list(rings.x), list(rings.y), list(rings.customdata)) == ([0.001, 0.01], [0.9, 0.7], [1, 3])
    assert (rings.mode, rings.marker.symbol) == ("markers", "circle-open")
    figure = parallel_figure(TRIED, SCALES, ACCURACY)
    mark_picked(figure, [2, 3])
    lines = figure.data[-1]
    assert lines.mode == "lines+markers"
    assert list(lines.customdata) == [2, 2, 2, 2, None, 3, 3, 3, 3, None]
    figure = time_figure(TRIED, [1, 2], ACCURACY)
    mark_picked(figure, [3])
    assert (list(figure.data[-1].x), figure.data[-1].mode) == ([30.0], "markers")


def test_without_a_picked_trial_a_figure_stays_as_it_is() -> None:
    figure = slice_figure(TRIED, "rate", SCALES["rate"], LOSS)
    for picked in ([], [77]):
        mark_picked(figure, picked)
    parallel = parallel_figure(TRIED, SCALES, LOSS)
    mark_picked(parallel, [77])
    assert (len(figure.data), len(parallel.data)) == (1, 3)


def test_the_axes_of_parallel_coordinates_name_words_and_ends() -> None:
    annotations = parallel_figure(TRIED, SCALES, ACCURACY).layout.annotations
    assert all((one.yshift < 0) == (one.y == 0) for one in annotations)  # none lies on the lines of its axis' ends
    marks = [one.text for one in annotations]
    assert marks == ["0.001", "0.1", "a", "b", "c", "5", "50.00 %", "90.00 %"]
    many = {"model": Scale("Model", words=tuple("abcdefghi"))}
    assert [one.text for one in parallel_figure(TRIED, many, LOSS).layout.annotations][:2] == ["a", "i"]


def test_a_slice_has_the_axis_of_its_hyperparameter() -> None:
    rate = slice_figure(TRIED, "rate", SCALES["rate"], LOSS)
    assert rate.layout.xaxis.type == "log"
    assert list(rate.data[0].x) == [0.001, 0.1, 0.01]
    assert list(rate.data[0].customdata) == [1, 2, 3]
    words = slice_figure(TRIED, "model", SCALES["model"], LOSS).layout.xaxis
    assert (words.type, words.categoryarray) == ("category", ("a", "b", "c"))
    assert slice_figure(TRIED, "size", SCALES["size"], LOSS).layout.xaxis.type is None


def test_the_most_important_bar_is_on_top() -> None:
    (bars,) = importance_figure({"Rate": 0.7, "Model": 0.3}).data
    assert (list(bars.y), list(bars.x)) == (["Model", "Rate"], [0.3, 0.7])


def test_trials_that_no_other_beats_are_joined() -> None:
    figure = time_figure(TRIED, [1], ACCURACY)
    settings, front = figure.data
    assert (list(settings.customdata), list(front.customdata)) == ([2, 3], [1])
    assert front.mode == "lines+markers"
    assert figure.layout.xaxis.type == "log"
    assert time_figure(TRIED[:2], [1], ACCURACY).layout.xaxis.type is None


def test_each_seed_stands_with_the_mean_of_its_trial() -> None:
    seeds, means = spread_figure(TRIED, LOSS).data
    assert list(seeds.x) == ["2", "2", "3", "3", "1", "1"]
    assert list(seeds.y) == [0.5, 0.5, 0.6, 0.8, 0.85, 0.95]
    assert (list(means.x), list(means.y)) == (["2", "3", "1"], [0.5, 0.7, 0.9])
    assert list(means.error_y.array) == [0.0, 0.14, 0.07]
    many = [Tried(number, {}, float(number), (0.0,)) for number in range(50)]
    assert len(spread_figure(many, LOSS).data[1].x) == MOST_SPREAD
