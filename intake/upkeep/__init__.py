"""Maintenance that keeps the store consistent with the sources."""
