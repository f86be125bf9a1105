"""Requests to and from other machines: OAuth, TLS, limits, fetching files, waiting and retrying."""
