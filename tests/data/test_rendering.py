import numpy as np
import pytest
import torch

from digitlab.data import Progress, quiet
from digitlab.data.parts import Part
from digitlab.data.rendering import check_work, render, render_hands
from digitlab.errors import BadInk
from digitlab.ink.stroke_arrays import as_strokes
from digitlab.ink.strokes import LabelledDrawing

SEVEN = LabelledDrawing(ink=[[[0, 0], [40, 0], [20, 60]], [[10, 30], [35, 30]]], digit=7, writer="anna")
ONE = LabelledDrawing(ink=[[[0, 0], [0, 50]]], digit=1, writer="bo")


def hands(drawings: list[LabelledDrawing], turns: range, progress: Progress = quiet) -> Part:
    strokes = as_strokes([drawing.ink for drawing in drawings])
    return render_hands(strokes, [drawing.digit for drawing in drawings], turns, progress)


def test_a_rendering_is_the_same_every_time_whatever_the_random_state() -> None:
    first = render([SEVEN]).fingerprint(), hands([SEVEN], range(3)).fingerprint()
    np.random.seed(9)
    torch.manual_seed(9)
    assert (render([SEVEN]).fingerprint(), hands([SEVEN], range(3)).fingerprint()) == first


def test_a_drawing_is_rendered_the_same_beside_any_others() -> None:
    both = render([SEVEN, ONE])
    assert both.labels.tolist() == [7, 1]
    assert render([ONE]).images[0].equal(both.images[1])


def test_every_turn_shows_another_hand() -> None:
    part = hands([SEVEN], range(6))
    assert part.labels.tolist() == [7] * 6
    assert len({image.numpy().tobytes() for image in part.images}) == 6


def test_turn_0_shows_each_drawing_as_it_was_written() -> None:
    upright, other = (hands([ONE], turns).images[0].float() for turns in (range(1), range(1, 2)))
    assert leans(upright) < 2 < leans(other)


def leans(image: torch.Tensor) -> float:
    """How much the upper end of a line differs from its lower end turned over, in grey values."""
    rows = image[image.amax(1) > 0]
    return float((rows - rows.flip(0)).abs().max())


def test_renderings_come_turn_by_turn_with_their_digits_and_follow_from_the_turn() -> None:
    part = hands([SEVEN, ONE], range(2))
    assert part.labels.tolist() == [7, 1, 7, 1]
    assert hands([SEVEN, ONE], range(1, 2)).images.equal(part.images[2:])


@pytest.mark.parametrize("ink", [[[[5, 5]]], [[[0, 0], [0, 1e-320]]], [[[-1e6, 1e6], [1e6, -1e6]]], [[[1, 1]] * 500]])
def test_odd_drawings_can_be_rendered(ink: list[list[list[float]]]) -> None:
    odd = LabelledDrawing(ink=ink, digit=1)
    for part in (render([odd]), hands([odd, SEVEN], range(4))):
        assert (part.images.amax((1, 2)) == 255).all()


def test_pens_vary_from_thin_to_thick() -> None:
    for part in (hands([SEVEN], range(60)), render([turned(n) for n in range(60)])):
        amounts = part.images.float().mean((1, 2))
        assert amounts.max() > 1.8 * amounts.min()


def turned(number: int) -> LabelledDrawing:
    """A seven that differs a little from the others, so that it gets a pen of its own."""
    return LabelledDrawing(ink=[[[0, 0], [40, number / 100], [20, 60]], [[10, 30], [35, 30]]], digit=7)


def test_rendering_hands_is_reported_as_it_goes_on() -> None:
    told: list[tuple[str, int, int]] = []
    hands([SEVEN] * 200, range(3), lambda *word: told.append(word))
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert told[-1] == ("rendering drawings", 600, 600)


def test_a_page_renders_a_usual_file_and_no_more_than_it_has_time_for() -> None:
    assert len(check_work([SEVEN] * 3000, "a.jsonl")) == 3000
    dense = LabelledDrawing(ink=[[[float(n), 0.0] for n in range(20_000)]], digit=1)
    for drawings in ([SEVEN] * 4000, [dense] * 100):
        with pytest.raises(BadInk, match=r"a\.jsonl holds .* more than a page renders"):
            check_work(drawings, "a.jsonl")
