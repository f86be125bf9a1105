"""Jobs, on a real journal and queue."""
