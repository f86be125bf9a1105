"""Everyday Portuguese words that look like misspelt words of the rules but are correct."""

COMMON: frozenset[str] = frozenset()
