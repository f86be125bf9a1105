"""Requests that a person of the team writes down: what came by a call or a telephone of theirs."""
