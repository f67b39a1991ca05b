from collections.abc import Callable
from itertools import islice

from digitlab.sweeps.order import key_of, settings_in_order
from digitlab.sweeps.plan import SweepPlan
from digitlab.sweeps.space import Choice, Range

MakePlan = Callable[..., SweepPlan]
SMALL = {"dropout": Range(0.0, 0.5, points=3), "batch_size": Choice((32, 64)), "optimizer": Choice(("sgd", "adam"))}


def test_a_grid_has_every_point_once_in_an_order_that_the_seed_decides(make_plan: MakePlan) -> None:
    points = list(settings_in_order(make_plan(method="grid", space=SMALL)))
    assert len({key_of(point) for point in points}) == len(points) == 12
    assert {point["dropout"] for point in points} == {0.0, 0.25, 0.5}
    assert points == list(settings_in_order(make_plan(method="grid", space=SMALL, seeds=2)))
    other = list(settings_in_order(make_plan(method="grid", space=SMALL, seed=1)))
    assert other != points
    assert sorted(map(key_of, other)) == sorted(map(key_of, points))


def test_a_part_of_a_grid_is_spread_over_all_of_it(make_plan: MakePlan) -> None:
    half = list(islice(settings_in_order(make_plan(method="grid", space=SMALL)), 6))
    for field in SMALL:
        assert len({point[field] for point in half}) > 1


def test_a_random_search_of_a_small_space_tries_all_of_it_once(make_plan: MakePlan) -> None:
    space = {"batch_size": Range(8, 10), "optimizer": Choice(("sgd", "adam"))}
    points = list(settings_in_order(make_plan(space=space)))
    assert len({key_of(point) for point in points}) == len(points) == 6
    assert {point["batch_size"] for point in points} == {8, 9, 10}


def test_a_random_search_draws_evenly_and_the_same_each_time(make_plan: MakePlan) -> None:
    first = list(islice(settings_in_order(make_plan()), 400))
    assert first == list(islice(settings_in_order(make_plan()), 400))
    assert first != list(islice(settings_in_order(make_plan(seed=1)), 400))
    rates = [float(point["learning_rate"]) for point in first]
    assert all(0.001 <= rate <= 0.1 for rate in rates)
    assert 160 < sum(rate < 0.01 for rate in rates) < 240
    assert 160 < sum(point["batch_size"] == 32 for point in first) < 240


def test_a_range_too_narrow_for_new_numbers_ends(make_plan: MakePlan) -> None:
    points = list(settings_in_order(make_plan(space={"dropout": Range(0.5, 0.50002)})))
    assert 10 < len(points) < 40
    assert len(set(map(key_of, points))) == len(points)
