"""Style sheets for our own components; what several of them share is written once."""

from pathlib import Path

_HERE = Path(__file__).parent

SLIDER = _HERE / "slider.css"
VERDICT = _HERE / "verdict.css"


def styles(*sheets: Path) -> str:
    """Several sheets as one, in their order."""
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
