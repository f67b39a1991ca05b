import numpy as np
import pytest
import torch

from digitlab.data.rendering import another_hand, check_work, picture_of, render
from digitlab.errors import BadInk
from digitlab.ink.strokes import LabelledDrawing

SEVEN = LabelledDrawing(ink=[[[0, 0], [40, 0], [20, 60]], [[10, 30], [35, 30]]], digit=7, writer="anna")


def test_a_rendering_is_the_same_every_time_whatever_the_random_state() -> None:
    first = render([SEVEN], range(3)).fingerprint()
    np.random.seed(9)
    torch.manual_seed(9)
    assert render([SEVEN], range(3)).fingerprint() == first


def test_every_rendering_shows_another_hand() -> None:
    part = render([SEVEN], range(6))
    assert part.labels.tolist() == [7] * 6
    assert len({image.numpy().tobytes() for image in part.images}) == 6


def test_renderings_come_turn_by_turn_with_their_digits() -> None:
    other = LabelledDrawing(ink=[[[0, 0], [0, 50]]], digit=1, writer="bo")
    part = render([SEVEN, other], range(2))
    assert part.labels.tolist() == [7, 1, 7, 1]
    assert part.images[0].ne(part.images[1]).any()
    assert render([other]).images[0].equal(part.images[1])


@pytest.mark.parametrize("ink", [[[[5, 5]]], [[[0, 0], [0, 1e-320]]], [[[-1e6, 1e6], [1e6, -1e6]]], [[[1, 1]] * 500]])
def test_odd_drawings_can_be_rendered(ink: list[list[list[float]]]) -> None:
    images = render([LabelledDrawing(ink=ink, digit=1)], range(4)).images
    assert (images.amax((1, 2)) == 255).all()


def test_another_hand_keeps_strokes_and_their_ends_close_to_where_they_were() -> None:
    ink = [[[0.0, 0.0], [500.0, 0.0], [1000.0, 1000.0]], [[200.0, 500.0], [700.0, 500.0]]]
    middle = np.concatenate([np.asarray(stroke) for stroke in ink]).mean(0)
    for seed in range(50):
        changed = another_hand(ink, np.random.default_rng(seed))
        assert len(changed) == 2
        for old, new in zip(ink, changed, strict=True):
            ends = np.asarray([old[0], old[-1]]) - middle
            assert np.abs(np.asarray([new[0], new[-1]]) - ends).max() < 600


def test_pens_and_sizes_vary_from_thin_to_thick() -> None:
    images = [picture_of(SEVEN.ink, np.random.default_rng(seed)) for seed in range(60)]
    amounts = [image.mean() for image in images]
    assert max(amounts) > 1.8 * min(amounts)


def test_half_of_the_hands_are_fast_and_round_their_corners() -> None:
    points = [sum(map(len, another_hand(SEVEN.ink, np.random.default_rng(seed)))) for seed in range(100)]
    assert 30 < points.count(5) < 70


def test_a_page_renders_a_usual_file_and_no_more_than_it_has_time_for() -> None:
    assert len(check_work([SEVEN] * 3000, "a.jsonl")) == 3000
    dense = LabelledDrawing(ink=[[[float(n), 0.0] for n in range(20_000)]], digit=1)
    for drawings in ([SEVEN] * 4000, [dense] * 100):
        with pytest.raises(BadInk, match=r"a\.jsonl holds .* more than a page renders"):
            check_work(drawings, "a.jsonl")
