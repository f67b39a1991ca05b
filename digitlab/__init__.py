"""See how a machine reads a handwritten digit: data, models, training and runs, without a screen."""

__version__ = "0.1.0"
