"""What the Sweeps page shows: a form that starts one, where it stands, its figures and its trials."""
