"""Tests of the listeners, against real servers."""
