"""Tests of intake.listeners, against real servers."""
