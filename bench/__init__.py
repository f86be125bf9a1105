"""Benchmarks, such as `python -m bench.mail` (see README.md in this folder)."""
