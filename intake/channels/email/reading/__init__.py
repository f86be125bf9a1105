"""Reads the bytes of a mail into a `Message`."""
