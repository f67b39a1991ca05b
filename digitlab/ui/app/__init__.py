"""What every page stands on: frame, server, address, the models that answer, and how errors are shown."""
