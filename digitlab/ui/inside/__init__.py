"""The parts of the page Inside: what a model has learned."""
