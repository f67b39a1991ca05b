"""The parts of the page Evaluate: one model on one data set, from the headline to single images."""
