"""All predictions as CSV, to be looked at elsewhere."""

import csv
import io

from digitlab.metrics.predictions import CLASSES, Predictions

HEADER = ("image", "true", "predicted", "confidence", *(f"p{digit}" for digit in range(CLASSES)))


def to_csv(predictions: Predictions) -> str:
    """A line per image in the data set's order: position, true and predicted digit, confidence, ten probabilities."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    rows = zip(
        predictions.labels.tolist(),
        predictions.predicted.tolist(),
        predictions.confidence.tolist(),
        predictions.probabilities.tolist(),
        strict=True,
    )
    for place, (true, predicted, confidence, shares) in enumerate(rows):
        writer.writerow([place, true, predicted, f"{confidence:.6f}", *(f"{share:.6f}" for share in shares)])
    return text.getvalue()
