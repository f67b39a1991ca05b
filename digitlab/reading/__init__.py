"""Reading: a run's model, calibrated, asked for digits, numbers, and how it compares with others."""
