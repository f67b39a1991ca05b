"""What the figures say, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from digitlab.formats import count, interval, percent
from digitlab.metrics.calibration import accuracy_by_coverage, reliability
from digitlab.metrics.confusion import commonest_confusions
from digitlab.metrics.predictions import Predictions
from digitlab.metrics.significance import wilson_interval
from digitlab.metrics.summary import per_class

_CLOSE = 0.01
"""Gaps between accuracies below it are called small."""
_RICH_ENOUGH = 0.95
"""Accuracy on training images below which a model is called too simple."""
_RISE = 1.05
"""A validation loss that ends this much above its lowest has risen."""
_AS_MANY = 0.001
"""A validation accuracy that ends by less than this below its former value has not fallen."""

_NEEDED = {"epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"}


def describe_digits(predictions: Predictions) -> str:
    """The digits that are read best and worst."""
    rows = sorted(per_class(predictions), key=lambda row: row.recall)
    if len(rows) < 2 or rows[0].recall == rows[-1].recall:
        return f"Every digit is read equally well: {percent(rows[0].recall, 2)} of its images are read right."
    worst, best = rows[0], rows[-1]
    return (
        f"The {best.digit} is read best: {percent(best.recall, 2)} of its images right. The {worst.digit} is read "
        f"worst: {percent(worst.recall, 2)} right, {count(worst.mistakes)} of {count(worst.images)} wrong."
    )


def describe_confusions(predictions: Predictions) -> str:
    """The commonest mistakes."""
    common = commonest_confusions(predictions, 3)
    if not common:
        return "There is no mistake on these images."
    named = [
        f"{one.true} read as {one.predicted} ({count(one.images)}, {percent(one.share, 2)} of all {one.true}s)"
        for one in common
    ]
    return f"The commonest mistakes: {', '.join(named)}."


def describe_calibration(predictions: Predictions, as_trained: Predictions, temperature: float) -> str:
    """Whether the model's confidence can be believed, and what its temperature changed.

    Judged by the mean confidence against the accuracy's 95 % interval, and by nothing else. predictions: calibrated, as
    users see them. as_trained: the same at temperature 1.
    """
    sure, right = float(predictions.confidence.mean()), float(predictions.right.mean())
    limits = wilson_interval(int(predictions.right.sum()), len(predictions))
    said = (
        f"{_judge(sure, limits)}: its mean confidence is {percent(sure, 2)}, and {percent(right, 2)} of its answers "
        f"are right (95 % interval {interval(limits)}). The expected calibration error, the mean gap between "
        f"confidence and accuracy, is {percent(reliability(predictions).error, 2)}."
    )
    if temperature == 1:
        return said
    return (
        f"{said} Its logits are divided by a temperature of {temperature:.2f}, which validation images chose; as "
        f"trained, the error is {percent(reliability(as_trained).error, 2)}."
    )


def _judge(sure: float, limits: tuple[float, float]) -> str:
    if sure > limits[1]:
        return "The model is too sure of itself"
    if sure < limits[0]:
        return "The model is less sure than it could be"
    return "On average the confidence fits"


def describe_coverage(predictions: Predictions, wanted: float = 0.999) -> str:
    """How many images the model could answer alone, with a person reading the rest."""
    found = accuracy_by_coverage(predictions).at_accuracy(wanted)
    if found is None:
        return f"However few images it answers, it never reaches an accuracy of {percent(wanted)}."
    share, least = found
    if share == 1:
        return f"It is right on {percent(wanted)} or more of all images."
    return (
        f"If a person reads what it is least sure of, it can answer {percent(share)} of the images, those with a "
        f"confidence of {percent(least)} or more, and be right on {percent(wanted)} of them."
    )


def describe_fit(history: Sequence[Mapping[str, Any]], chosen_epoch: int) -> str:
    """Over- or underfitting, read from the records of the epochs; empty when there are none that say it.

    chosen_epoch: the one whose weights are used.
    """
    records = {record["epoch"]: record for record in history if record.keys() >= _NEEDED}
    if chosen_epoch not in records:
        return ""
    chosen, last = records[chosen_epoch], records[max(records)]
    lowest = min(records.values(), key=lambda record: record["validation_loss"])
    losses = f"{chosen['train_loss']:.4f} in training, {chosen['validation_loss']:.4f} in validation"
    if last["validation_loss"] > _RISE * lowest["validation_loss"] and last["train_loss"] < lowest["train_loss"]:
        return _describe_rise(lowest, chosen, last)
    reads = percent(chosen["train_accuracy"], 2)
    gap = chosen["train_accuracy"] - chosen["validation_accuracy"]
    if gap > _CLOSE:
        return (
            f"It overfits a little: at epoch {chosen_epoch} the loss is {losses}, and it reads {reads} of the training "
            f"images right, {100 * gap:.2f} percentage points more than of the validation images."
        )
    if chosen["train_accuracy"] < _RICH_ENOUGH:
        return (
            f"It underfits: even of the training images it reads only {reads} right, about as many as of the "
            f"validation images, and the loss is {losses}. A larger model or a longer training may do better."
        )
    more = " The validation loss was lowest at the last epoch, so more epochs might help." if lowest is last else ""
    return f"There is no sign of overfitting: at epoch {chosen_epoch} the loss is {losses}.{more}"


def _describe_rise(lowest: Mapping[str, Any], chosen: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    """What a validation loss that rises in the end means. The records: of the lowest loss, of the epoch whose weights
    are used, of the last."""
    used = f"The weights of epoch {chosen['epoch']} are used" + (
        "." if chosen is lowest else ", as the settings of the run ask."
    )
    after = f"after epoch {lowest['epoch']}: the validation loss rises from {lowest['validation_loss']:.4f} to "
    after += f"{last['validation_loss']:.4f}"
    if last["validation_accuracy"] > lowest["validation_accuracy"] - _AS_MANY:
        return (
            f"The probabilities get worse {after} while the training loss goes on falling. The answers do not: about "
            f"as many of the validation images are read right. {used}"
        )
    return f"It overfits {after} while the training loss goes on falling. {used}"


def describe_all(
    predictions: Predictions,
    as_trained: Predictions,
    temperature: float,
    history: Sequence[Mapping[str, Any]],
    chosen_epoch: int,
) -> list[str]:
    """Every finding that there is, a short paragraph each; the arguments are those of the single ones."""
    found = [
        describe_digits(predictions),
        describe_confusions(predictions),
        describe_calibration(predictions, as_trained, temperature),
        describe_coverage(predictions),
        describe_fit(history, chosen_epoch),
    ]
    return [paragraph for paragraph in found if paragraph]
