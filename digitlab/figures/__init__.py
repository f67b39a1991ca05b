"""Numbers to figures: pure functions, no files, no torch.

Those that a notebook wants can be had from here, such as `digitlab.figures.roc_figure`; each is imported when it is
first used, for plotly takes a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitlab.figures.confusion import confusion_figure as confusion_figure
    from digitlab.figures.images import images_figure as images_figure
    from digitlab.figures.images import weights_figure as weights_figure
    from digitlab.figures.overlay import Compared as Compared
    from digitlab.figures.overlay import overlaid_accuracy as overlaid_accuracy
    from digitlab.figures.overlay import overlaid_loss as overlaid_loss
    from digitlab.figures.overlay import overlaid_roc as overlaid_roc
    from digitlab.figures.roc_pr import precision_recall_figure as precision_recall_figure
    from digitlab.figures.roc_pr import roc_figure as roc_figure
    from digitlab.figures.style import model_colour as model_colour

_WHERE = {
    "confusion_figure": "confusion",
    "images_figure": "images",
    "weights_figure": "images",
    "Compared": "overlay",
    "overlaid_accuracy": "overlay",
    "overlaid_loss": "overlay",
    "overlaid_roc": "overlay",
    "precision_recall_figure": "roc_pr",
    "roc_figure": "roc_pr",
    "model_colour": "style",
}

__all__ = [*_WHERE]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'digitlab.figures' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"digitlab.figures.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
