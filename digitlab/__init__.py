"""See how a machine reads a handwritten digit: data, models, training and runs, without a screen.

    import digitlab

    train, test = digitlab.load_data("mnist", "train"), digitlab.load_data("mnist", "test")
    cnn = digitlab.load_model("cnn")
    cnn.read("my-seven.png").digit
    digitlab.evaluate(cnn, test).accuracy

Each name is imported when it is first used, so that `import digitlab` itself takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitlab import figures as figures
    from digitlab.config import TrainConfig as TrainConfig
    from digitlab.data.dataset import load_data as load_data
    from digitlab.image.prepare import prepare as prepare
    from digitlab.models import build_model as build_model
    from digitlab.reading.predictor import evaluate as evaluate
    from digitlab.reading.predictor import load_model as load_model
    from digitlab.reading.predictor import predict as predict
    from digitlab.runs.saving import save_model as save_model
    from digitlab.training.trainer import Hooks as Hooks
    from digitlab.training.trainer import Trainer as Trainer

__version__ = "0.2.0"

_WHERE = {
    "TrainConfig": "digitlab.config",
    "load_data": "digitlab.data.dataset",
    "prepare": "digitlab.image.prepare",
    "build_model": "digitlab.models",
    "evaluate": "digitlab.reading.predictor",
    "load_model": "digitlab.reading.predictor",
    "predict": "digitlab.reading.predictor",
    "save_model": "digitlab.runs.saving",
    "Hooks": "digitlab.training.trainer",
    "Trainer": "digitlab.training.trainer",
}

__all__ = [*_WHERE, "figures"]


def __getattr__(name: str) -> Any:
    if name == "figures":
        return import_module("digitlab.figures")
    if name not in _WHERE:
        raise AttributeError(f"module 'digitlab' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
