"""Numbers as the pages write them: the same digits for the same thing everywhere."""


def percent(share: float, decimals: int = 1) -> str:
    """A share in 0..1 as a percentage: probabilities with one decimal, accuracies with two."""
    return f"{100 * share:.{decimals}f}\u202f%"


def count(number: int) -> str:
    """A count with separators: 7,850."""
    return f"{number:,}"


def milliseconds(value: float) -> str:
    """A time in ms with one decimal."""
    return f"{value:.1f}\u202fms"
