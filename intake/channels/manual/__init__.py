"""Requests that a team member enters by hand."""
