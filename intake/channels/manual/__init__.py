"""Requests that a person of the team writes down."""
