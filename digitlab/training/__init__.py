"""Training: the loop, what it minimises, how fast, and on which device."""
