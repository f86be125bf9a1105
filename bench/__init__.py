"""Measurements: `python -m bench.mail` (see README.md here)."""
