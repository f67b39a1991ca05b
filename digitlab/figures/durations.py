"""Times as the pages write them: with the two largest units that matter."""


def duration(seconds: float) -> str:
    """A time in words: 41 s, 2 min 05 s, 1 h 02 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}\u202fs"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}\u202fmin {rest:02d}\u202fs"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}\u202fh {minutes:02d}\u202fmin"
