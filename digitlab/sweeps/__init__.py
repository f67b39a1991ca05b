"""Sweeps: many runs with different settings, planned, trained and compared as one."""
