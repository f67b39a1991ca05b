"""When a model should say that it is not sure: a temperature and a threshold, both chosen on validation images.

The threshold is on the likeliest digit's probability: the baseline of D. Hendrycks, K. Gimpel, "A baseline for
detecting misclassified and out-of-distribution examples in neural networks", ICLR 2017.
"""

from dataclasses import dataclass

import numpy as np

from digitlab.metrics.calibration import fit_temperature, tempered
from digitlab.metrics.predictions import Predictions

KEPT = 0.99
"""Share of the rightly read validation digits that stay above the threshold."""


@dataclass(frozen=True)
class Doubt:
    """temperature: divides the logits, so that probabilities mean what they say. threshold: a probability in 0..1."""

    temperature: float = 1.0
    threshold: float = 0.0


def fit_doubt(validation: Predictions) -> Doubt:
    """What a model's answers on validation images teach; the defaults when there are too few images to tell.

    The threshold is as high as it can be while 99 % of the rightly read digits stay above it.
    """
    temperature = fit_temperature(validation)
    if temperature is None or not validation.right.any():
        return Doubt()
    sure = tempered(validation, temperature)
    return Doubt(temperature, float(np.quantile(sure.confidence[sure.right], 1 - KEPT)))
