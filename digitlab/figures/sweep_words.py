"""The figures of a sweep in some sentences, for who hears them: there are too many marks to say them one by one."""

import statistics
from collections.abc import Collection, Mapping, Sequence

from digitlab.figures.sweep import MOST_SPREAD, Measure, Scale, Tried, one_in, ranked, write_setting
from digitlab.formats import count as grouped

_MOST_SAID = 10
"""Trials, or values of one hyperparameter, that are said one by one."""


def describe_parallel(tried: Sequence[Tried], scales: Mapping[str, Scale], measure: Measure) -> str:
    """The best trial and the worst, with all their values."""
    if not tried:
        return "Trials, and what they came to. None is done yet."
    order = ranked(tried, measure)
    words = [f"{len(order)} trials across {', '.join(scale.label for scale in scales.values())}; {measure.axis} last."]
    for name, one in (("Best", order[0]), ("Worst", order[-1])):
        values = ", ".join(f"{scale.label} {write_setting(one.setting[field])}" for field, scale in scales.items())
        words.append(f"{name}: trial {one.number}, {values}: {measure.write(one.value)}.")
    return " ".join(words)


def describe_thinned(count: int, most: int) -> str:
    """That not all trials are drawn, where there are more than `most`; else nothing."""
    every = one_in(count, most)
    if every == 1:
        return ""
    return f"Of {grouped(count)} trials one in {every} is drawn, over all ranks: the best is there, and what is picked."


def describe_slice(tried: Sequence[Tried], field: str, scale: Scale, measure: Measure) -> str:
    """For words the median of each; for numbers where the best trial and the worst stand."""
    start = f"{measure.axis.capitalize()} along {scale.label}."
    if not tried:
        return f"{start} No trial is done yet."
    if not scale.words:
        order = ranked(tried, measure)
        best, worst = order[0], order[-1]
        return (
            f"{start} Best {measure.write(best.value)} at {write_setting(best.setting[field])}, "
            f"worst {measure.write(worst.value)} at {write_setting(worst.setting[field])}."
        )
    groups = {word: [one.value for one in tried if str(one.setting[field]) == word] for word in scale.words}
    said = [
        f"{word} {measure.write(statistics.median(values))} over {len(values)}"
        for word, values in groups.items()
        if values
    ]
    return f"{start} Medians: {'; '.join(said[:_MOST_SAID])}."


def describe_importance(shares: Mapping[str, float]) -> str:
    """Every hyperparameter with its share. shares: as `importance_figure` takes them."""
    order = sorted(shares.items(), key=lambda one: -one[1])
    said = "; ".join(f"{label} {100 * share:.0f} %" for label, share in order)
    return f"Importance: how much each matters for being in the best quarter. {said or 'Nothing to say yet'}."


def describe_time(tried: Sequence[Tried], front: Sequence[int], measure: Measure) -> str:
    """The trials that no other beats, the quickest first. front: their numbers."""
    by_number = {one.number: one for one in tried}
    chosen = [by_number[number] for number in front[:_MOST_SAID]]
    said = "; ".join(f"trial {one.number}, {measure.write(one.value)} in {one.seconds:.3g} s" for one in chosen)
    start = f"{measure.axis.capitalize()} against training time in seconds, {len(tried)} trials."
    return f"{start} Not beaten: {said}." if said else start


def describe_picked(picked: Collection[int]) -> str:
    """The picked trials; nothing where there are none. picked: their numbers."""
    order = list(dict.fromkeys(picked))
    more = f" and {len(order) - _MOST_SAID} more" if len(order) > _MOST_SAID else ""
    what = "trials" if len(order) > 1 else "trial"
    return f"Picked: {what} {', '.join(map(str, order[:_MOST_SAID]))}{more}." if order else ""


def describe_spread(tried: Sequence[Tried], measure: Measure) -> str:
    """The best trials with mean, standard deviation and number of seeds."""
    best = ranked(tried, measure)[: min(_MOST_SAID, MOST_SPREAD)]
    said = "; ".join(
        f"trial {one.number}, mean {measure.write(one.value)}, standard deviation {measure.write(one.deviation)}, "
        f"{len(one.values)} {'seed' if len(one.values) == 1 else 'seeds'}"
        for one in best
    )
    return f"{measure.axis.capitalize()}, spread over the seeds, the best first: {said or 'none yet'}."
