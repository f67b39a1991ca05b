import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from digitlab.figures.images import images_figure, weights_figure

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 28, 28), dtype=np.uint8)
CAPTIONS = [f"{number} → 3<br>99.0%" for number in range(7)]


def captions_of(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def test_every_image_is_shown_pixel_by_pixel_under_its_caption() -> None:
    figure = images_figure("Digits", IMAGES, CAPTIONS)
    assert figure.layout.title.text == "Digits"
    assert captions_of(figure) == CAPTIONS
    for trace, image in zip(figure.data, IMAGES, strict=True):
        assert (np.asarray(trace.z) == image).all()


def test_ink_is_white_on_black_whatever_the_images_hold() -> None:
    axis = images_figure("Digits", IMAGES[:1] // 2, ["3"]).layout.coloraxis
    assert (axis.cmin, axis.cmax) == (0, 255)
    assert axis.colorscale[0][1] == "#000000"
    assert axis.colorscale[-1][1] == "#ffffff"


def test_images_of_torch_will_do() -> None:
    figure = images_figure("Digits", torch.tensor(IMAGES[:2]), [7, 1], columns=2)
    assert captions_of(figure) == ["7", "1"]
    assert (np.asarray(figure.data[1].z) == IMAGES[1]).all()


def test_images_stand_in_rows_upright_and_square() -> None:
    figure = images_figure("Digits", IMAGES, CAPTIONS, columns=5)
    x, y = [axis.domain for axis in figure.select_xaxes()], [axis.domain for axis in figure.select_yaxes()]
    assert x[0] == x[5]
    assert x[0][1] < x[1][0]
    assert y[0] == y[4]
    assert y[5][1] < y[0][0]
    shown = list(figure.select_yaxes())[:7]
    assert all(axis.autorange == "reversed" for axis in shown)
    assert [axis.scaleanchor for axis in shown] == ["x", *(f"x{number}" for number in range(2, 8))]


@pytest.mark.parametrize("caption", ["7", "7 → 3<br>99.0%"])
def test_title_captions_and_images_do_not_lie_on_one_another(caption: str) -> None:
    figure = images_figure("Digits", IMAGES, [caption] * 7)
    lines = caption.count("<br>") + 1
    top, bottom = figure.layout.yaxis.domain, figure.layout.yaxis6.domain
    inside = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    assert (top[0] - bottom[1]) * inside >= 17 * lines
    assert figure.layout.title.pad.b >= 17 * lines
    assert figure.layout.margin.t >= figure.layout.title.pad.b + figure.layout.title.font.size


def test_weights_have_one_scale_about_zero_with_its_numbers() -> None:
    weights = np.random.default_rng(1).normal(0, 1, (10, 28, 28)).astype(np.float32)
    weights[3, 4, 5] = -9
    figure = weights_figure(weights)
    assert captions_of(figure) == [str(digit) for digit in range(10)]
    assert all((np.asarray(trace.z) == image).all() for trace, image in zip(figure.data, weights, strict=True))
    assert {trace.coloraxis for trace in figure.data} == {"coloraxis"}
    axis = figure.layout.coloraxis
    assert (axis.cmin, axis.cmax) == (-9, 9)
    assert (axis.colorscale[0][1], axis.colorscale[-1][1]) == ("#2166AC", "#B2182B")
    assert axis.showscale is not False
    assert axis.colorbar.title.text == "weight"
