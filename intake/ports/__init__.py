"""Protocols between the layers, their in-memory twins, and the values that pass between layers."""
