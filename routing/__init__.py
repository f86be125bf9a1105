"""The pure core: what a message is, what it asks for, who owns it and by when.

Values in, values out. Nothing here reads a file, a clock, a socket or the `intake` package.
"""
