"""How fast digitlab learns, starts and looks things up: one table, each figure beside its rival from the same run.

    python -m benchmarks [NAME…]

NAME: quick, softmax, careful, evaluation, starting, growth, polling, bookkeeping; without any all of them, which
takes half an hour. Nothing else should run on the machine.
"""

import sys
from collections.abc import Callable, Iterator

from benchmarks import bookkeeping, careful, evaluation, growth, polling, quick, softmax, starting
from benchmarks.table import Row, print_rows
from digitlab.errors import DigitlabError
from digitlab.training.devices import keep_freed_memory

ROWS: dict[str, Callable[[], Iterator[Row]]] = {
    "quick": quick.rows,
    "softmax": softmax.rows,
    "careful": careful.rows,
    "evaluation": evaluation.rows,
    "starting": starting.rows,
    "growth": growth.rows,
    "polling": polling.rows,
    "bookkeeping": bookkeeping.rows,
}


def main(names: list[str]) -> None:
    """Print the table. Ends with a line where a name does not exist."""
    if unknown := set(names) - set(ROWS):
        sys.exit(f"There is no benchmark {sorted(unknown)[0]!r}. Choose {', '.join(ROWS)}.")
    keep_freed_memory()
    print_rows(row for name in names or ROWS for row in ROWS[name]())


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except DigitlabError as error:
        sys.exit(str(error))
