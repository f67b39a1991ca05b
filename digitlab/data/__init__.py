"""Data sets by name, each in train, validation and test parts."""
