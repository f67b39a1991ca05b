"""A run's history as an event file of TensorBoard."""

import io
import time
from collections.abc import Iterator
from typing import cast

from digitlab.errors import BadRun
from digitlab.extras import need
from digitlab.runs.history import Record
from digitlab.runs.run import Run

_PLACES = ("epoch", "step")


def to_events(run: Run) -> bytes:
    """The content of an event file: the curves `epoch/<field>` over epochs and `step/<field>` over steps, with the
    fields of `history.Record`. TensorBoard finds it in a folder under a name that begins with `events.out.tfevents`.

    Raises NotInstalled without the extra `export`, BadRun when the history is empty, damaged or foreign.

    By TensorBoard's own record writer: torch's SummaryWriter writes from a thread of its own, into a folder only.
    """
    writer_module = need("tensorboard.summary.writer.record_writer", "The format tensorboard", "export")
    event_module = need("tensorboard.compat.proto.event_pb2", "The format tensorboard", "export")
    records = run.records
    if not records:
        raise BadRun(f"{run.id} has no history to export. Choose a run that was trained for at least one epoch.")
    packed, written = io.BytesIO(), time.time()
    writer = writer_module.RecordWriter(packed)
    event = event_module.Event(wall_time=written, file_version="brain.Event:2")
    writer.write(event.SerializeToString())
    for record in records:
        axis, place = ("epoch", record["epoch"]) if "epoch" in record else ("step", record["step"])
        event = event_module.Event(wall_time=written, step=place)
        for name, value in _curves(record):
            event.summary.value.add(tag=f"{axis}/{name}", simple_value=value)
        writer.write(event.SerializeToString())
    return packed.getvalue()


def _curves(record: Record) -> Iterator[tuple[str, float]]:
    """Field and value of each point that a record adds to a curve."""
    for name, value in record.items():
        if name not in _PLACES and value is not None:
            yield name, cast(float, value)
