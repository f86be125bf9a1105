"""The one HTTP server of the daemon, and what it measures."""
