"""Disturb an image by sliders, see what the models say, and how their accuracy falls."""

import streamlit as st

from digitlab.explain.attacks import get_ready
from digitlab.ui.app.callouts import errors_shown
from digitlab.ui.app.installation import catalogue
from digitlab.ui.app.model_picker import pick_models
from digitlab.ui.lab.choices import chosen_setting, pick_lab_data
from digitlab.ui.lab.curves import show_curves
from digitlab.ui.lab.panel import page_layout, show_panel
from digitlab.ui.shared.image_picker import pick_image
from digitlab.ui.shared.terms import explain_terms

_TERMS = (
    "accuracy",
    "confidence interval",
    "robustness",
    "adversarial example",
    "gradient",
    "FGSM",
    "PGD",
    "test images",
)

page_layout()
with st.container(key="lab-title"):
    st.title("Lab")
with errors_shown():
    with st.container(key="lab-choices"):
        models = pick_models(catalogue().models())
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            data = pick_lab_data()
            image = pick_image(data)
    setting = chosen_setting([model.id for model in models], image.digit)
    show_panel(image.image, image.words, setting, models)
    with st.container(key="lab-below"):
        show_curves(models, data, setting)
        explain_terms(*_TERMS)
    get_ready()
