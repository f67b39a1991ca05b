"""The run folder: all that one training leaves behind, and the only channel between app, jobs and command line."""
