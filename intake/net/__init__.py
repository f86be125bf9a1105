"""Talking to other machines: OAuth, TLS, limits, waiting and trying again."""
