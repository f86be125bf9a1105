"""The pure core: it decides what a message is, what it asks for, who owns it and when it is due.

Functions take values and return values. Nothing here reads a file (except the shipped rules), a
clock or a socket, or imports `intake`.
"""
