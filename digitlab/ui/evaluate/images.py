"""Images with the model's answers: a grid in pages, and the chosen one large with all ten probabilities."""

from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.figures.numbers import percent
from digitlab.metrics.predictions import Predictions
from digitlab.ui import address
from digitlab.ui.evaluate.subject import Subject
from digitlab.ui.image_grid import Tile, image_grid, png_source
from digitlab.ui.live_html import live_html
from digitlab.ui.pages import one_page
from digitlab.ui.sent_image import open_in_draw

_show = live_html("digitlab.one_image", (Path(__file__).parent / "one_image.css").read_text(encoding="utf-8"))


def show_images(subject: Subject, places: np.ndarray, hint: str, per_page: int, prefix: str = "") -> None:
    """The images at these places of the data set, in this order. prefix: of the names in the address."""
    images = subject.images()
    if images is None:
        return
    if not len(places):
        st.caption("There is no such image. Choose another cell, digit or verdict.")
        return
    image_key = f"{prefix}image"
    st.caption(hint)
    chosen = address.read(image_key, places.tolist(), int(places[0]))
    _one_image(subject.predictions, images, chosen, f"one image {prefix}")
    open_in_draw(images[chosen], f"Image {chosen} from Evaluate", f"open {prefix}")
    shown = one_page(places, per_page, f"{prefix}page")
    tiles = [_tile(subject.predictions, images, int(place)) for place in shown]
    image_grid(tiles, chosen, f"grid {prefix}", lambda place: address.write(image_key, place))


def _tile(predictions: Predictions, images: np.ndarray, place: int) -> Tile:
    true, said = int(predictions.labels[place]), int(predictions.predicted[place])
    sure = percent(predictions.confidence[place])
    return Tile(
        place,
        images[place],
        f"{true} → {said}",
        f"Image {place}: a {true}, read as {said} with {sure}",
        wrong=true != said,
    )


def _one_image(predictions: Predictions, images: np.ndarray, place: int, key: str) -> None:
    true, said = int(predictions.labels[place]), int(predictions.predicted[place])
    verdict = f"A {true}, read as {said}" if true != said else f"A {true}, read right"
    rows = "".join(
        f'<li class="{"said" if digit == said else ""} {"true" if digit == true else ""}"><span>{digit}</span>'
        f'<span class="track"><span class="bar" style="width:{100 * share:.2f}%"></span></span>'
        f'<span class="share">{percent(share)}</span></li>'
        for digit, share in enumerate(predictions.probabilities[place].tolist())
    )
    _show(
        f'<div class="one"><figure><img src="{png_source(images[place])}" alt="{verdict}">'
        f"<figcaption><b>{verdict}</b><br>with {percent(predictions.confidence[place])} · image {place}</figcaption>"
        f'</figure><ol aria-label="Probability of each digit">{rows}</ol></div>',
        key,
    )
