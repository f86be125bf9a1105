"""The one HTTP server of the daemon."""
