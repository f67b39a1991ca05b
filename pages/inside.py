"""Look into a model: its weights and filters through the epochs, what it makes of an image, its layers."""

import streamlit as st

from digitlab.explain.layers import list_layers
from digitlab.runs.run import Run
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.model_picker import colours, pick_one_model
from digitlab.ui.app.readers import predictor
from digitlab.ui.inside.cnn import has_convolutions, show_feature_maps, show_first_filters
from digitlab.ui.inside.layers import show_layers, show_norms
from digitlab.ui.inside.pixels import show_pixels
from digitlab.ui.inside.softmax import show_evidence, show_weights
from digitlab.ui.shared.image_picker import ChosenImage, pick_image, show_reading
from digitlab.ui.shared.terms import explain_terms

_PROMISE = "Here you will see what a model has learned: its weights, filters and layers."


_TERMS = (
    "weight",
    "bias",
    "logit",
    "softmax",
    "convolution",
    "filter",
    "activation",
    "feature map",
    "parameters",
    "epoch",
    "cross-entropy",
    "gradient",
    "norm",
)


def look_into(run: Run, chosen: ChosenImage) -> None:
    """Every part of the page that the model has."""
    model = predictor(run.id).model
    layers = list_layers(model)
    if run.config.model == "softmax":
        show_weights(run)
        show_evidence(run, chosen)
    if has_convolutions(layers):
        show_first_filters(run, layers)
        show_feature_maps(run, layers, chosen)
    show_layers(layers)
    show_norms(run, model, colours([run.id])[run.id])
    explain_terms(*_TERMS)


st.title("Inside a model")
with st.container(horizontal=True, gap="medium"):
    entry = pick_one_model(catalogue().models(), _PROMISE, width=280)
    image = pick_image() if entry else None
if entry and image:
    with errors_shown():
        show_reading(entry.id, image)
        show_pixels(image.image)
        look_into(entry.run, image)
