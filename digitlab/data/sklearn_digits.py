"""scikit-learn's own 1,797 scanned digits: 8×8 pixels, brought into 28×28. No download, so this always works.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
doi:10.24432/C50P49, CC BY 4.0 (its test part, as scikit-learn ships it).
"""

import numpy as np
import torch
from sklearn.datasets import load_digits

from digitlab.data import PartName
from digitlab.data.parts import Part, from_arrays, hold_out
from digitlab.image.prepare import prepare_grey

_TEST_SHARE = 0.2
_ENLARGE = 8


def load_sklearn_digits(part: PartName, validation_share: float) -> Part:
    """One part: a fifth for the test, the rest split into train and validation; the same split every time."""
    digits = load_digits()
    everything = from_arrays([prepare_grey(image).image for image in _enlarged(digits.images)], digits.target)
    rest, test = hold_out(everything, _TEST_SHARE)
    if part is PartName.TEST:
        return test
    train, validation = hold_out(rest, validation_share, seed=1)
    return validation if part is PartName.VALIDATION else train


def _enlarged(images: np.ndarray) -> np.ndarray:
    """8×8 values 0..16 as smooth 64×64 grey pictures, `uint8` of shape (N, 64, 64), to be prepared like any drawing."""
    grey = torch.tensor(images, dtype=torch.float32).unsqueeze(1) * (255 / 16)
    smooth = torch.nn.functional.interpolate(grey, scale_factor=_ENLARGE, mode="bilinear", align_corners=False)
    return smooth.squeeze(1).round().to(torch.uint8).numpy()
