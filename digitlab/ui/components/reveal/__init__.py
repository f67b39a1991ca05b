"""Answers that a page hides until they are revealed: in the browser, without a run of the page.

While they are hidden they are not in the page at all, so that nothing shows them and no screen reader reads them out.
The script is put before that of each component that takes part.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent

REVEAL_JS = (_HERE / "reveal.js").read_text(encoding="utf-8")

REVEAL = _HERE / "reveal.css"
"""The style sheet of elements whose answers may be hidden."""

HIDDEN = "Hidden until Reveal."

_hides: ContextVar[bool] = ContextVar("answers are hidden until Reveal", default=False)


@contextmanager
def hiding_answers(is_on: bool) -> Iterator[None]:
    """Have every `live_html` element of this part of the page hidden until Reveal, if that is on."""
    before = _hides.set(is_on)
    try:
        yield
    finally:
        _hides.reset(before)


def hides_answers() -> bool:
    """Whether what is shown now is hidden until Reveal."""
    return _hides.get()


def as_hidden(html: str | None) -> dict[str, Any]:
    """What an element's data say of being hidden; nothing when it is not. html: what it shows then, None for a line."""
    if not hides_answers():
        return {}
    return {"hidden": {"line": HIDDEN, "html": html or f'<p class="hidden-answers">{HIDDEN}</p>'}}
