"""Runs in the formats of other programs: networks as ONNX and TorchScript, histories as TensorBoard events."""
