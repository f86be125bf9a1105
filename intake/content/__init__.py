"""Decodes, names and cleans text and files from outside, for every channel and the desk."""
