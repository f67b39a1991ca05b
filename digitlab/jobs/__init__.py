"""Jobs: the processes that train runs."""
