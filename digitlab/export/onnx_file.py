"""A run's network as an ONNX file, for onnxruntime and whatever else reads ONNX."""

from typing import Any

import torch

from digitlab.export.network import INPUT, OUTPUT, example_images, load_exportable
from digitlab.extras import need
from digitlab.runs.run import Run

OPSET = 20
"""Version of ONNX's operators: the first whose GridSample and AffineGrid are those that the views need."""


def to_onnx(run: Run) -> bytes:
    """The content of an ONNX file: `images`, `uint8` of shape (N, 28, 28), to `probabilities` of shape (N, 10).

    Its metadata name model, architecture, digitlab's version, temperature and threshold of doubt.
    Raises NotInstalled without the extra `export`, BadRun when the run's files are missing, damaged or foreign.
    """
    for module in ("onnx", "onnxscript"):
        need(module, "The format onnx", "export")
    exportable = load_exportable(run)
    program: Any = torch.onnx.export(  # its type allows for None, which only the older exporter returns
        exportable.network,
        (example_images(),),
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim("N")},),
        input_names=[INPUT],
        output_names=[OUTPUT],
        opset_version=OPSET,
        verbose=False,
    )
    for node in program.model.graph.all_nodes():
        node.metadata_props.clear()  # stack traces, with the paths of this machine
    for value in program.model.graph.inputs:
        value.metadata_props.clear()
    program.model.metadata_props.clear()
    program.model.metadata_props.update(exportable.facts)
    content: bytes = program.model_proto.SerializeToString()
    return content
