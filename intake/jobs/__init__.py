"""Everything that the queue runs: a file for each job."""
