"""What a job's bookkeeping adds to the bare training loop: `python -m benchmarks.bookkeeping`.

The same config is trained with no hooks and with a job's recorder, in turn, in one process; medians of seconds.
"""

import statistics
import tempfile
import time
from pathlib import Path

from digitlab.config import Settings, TrainConfig
from digitlab.data import PartName
from digitlab.data.dataset import load_part
from digitlab.data.parts import Part
from digitlab.jobs.recorder import Recorder
from digitlab.models import build_model
from digitlab.runs.run import Run
from digitlab.training.trainer import Trainer

REPEATS = 5
CONFIGS = {
    "softmax, batch 100, 5 epochs": TrainConfig(model="softmax", epochs=5, batch_size=100, dropout=0.0),
    "cnn-small, batch 100, 1 epoch": TrainConfig(model="cnn-small", epochs=1, batch_size=100),
}


def main() -> None:
    """Print a table: seconds of the bare loop, seconds with bookkeeping, and the overhead."""
    data = Settings.from_environment().data
    train, validation = (load_part("mnist", part, data) for part in (PartName.TRAIN, PartName.VALIDATION))
    print(f"{'config':<32} {'bare':>8} {'job':>8} {'overhead':>9}")
    for name, config in CONFIGS.items():
        pairs = [
            (_seconds(config, train, validation, False), _seconds(config, train, validation, True))
            for _ in range(REPEATS)
        ]
        bare, job = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name:<32} {bare:>6.2f} s {job:>6.2f} s {(job / bare - 1) * 100:>7.1f} %")


def _seconds(config: TrainConfig, train: Part, validation: Part, recorded: bool) -> float:
    with tempfile.TemporaryDirectory() as runs:
        recorder = Recorder(Run.create(Path(runs), config)) if recorded else None
        trainer = Trainer(build_model(config.model, config.dropout, config.seed), train, validation, config, recorder)
        if recorder:
            recorder.start(trainer)
        began = time.perf_counter()
        trainer.run()
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
