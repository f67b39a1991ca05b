"""What a job's bookkeeping adds to the bare training loop.

The same config is trained with no hooks and with a job's recorder, in turn, in one process.
"""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.table import Row, against, alternate
from digitlab.config import TrainConfig
from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.parts import Part
from digitlab.jobs.recorder import Recorder
from digitlab.models import build_model
from digitlab.runs.run import Run
from digitlab.settings import Settings
from digitlab.training.trainer import Trainer

CONFIGS = {
    "`softmax`, 5 epochs": TrainConfig(model="softmax", epochs=5, batch_size=100, dropout=0.0),
    "`cnn-small`, 1 epoch": TrainConfig(model="cnn-small", epochs=1, batch_size=100),
}


def rows() -> Iterator[Row]:
    """Seconds of a training as a job and as the bare loop."""
    data = Settings.from_environment().data
    train, validation = (load_part("mnist", part, data) for part in (PartName.TRAIN, PartName.VALIDATION))
    for name, config in CONFIGS.items():
        job, bare = alternate(
            partial(_train, config, train, validation, is_job=True),
            partial(_train, config, train, validation, is_job=False),
        )
        yield against(f"all that a job writes down, {name}", job, bare, "without it", "≤ 1.1")


def _train(config: TrainConfig, train: Part, validation: Part, *, is_job: bool) -> None:
    with tempfile.TemporaryDirectory() as runs:
        recorder = Recorder(Run.create(Path(runs), config)) if is_job else None
        trainer = Trainer(build_model(config.model, config.dropout, config.seed), train, validation, config, recorder)
        if recorder:
            recorder.start(trainer)
        trainer.run()
