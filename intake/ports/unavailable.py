"""What is away now and worth trying again: the one base of all such errors."""


class Unavailable(Exception):
    """something that the program needs does not answer now"""
