"""Complaints that a section makes about a place inside itself.

A validator of a whole section sees what its fields cannot: two rows with one id, a name that is
known nowhere. It still has to say which row, so that the file's line can be told.
"""

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


class Complaints:
    """Gathers what is wrong, each with its place, and raises it all at once."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._found: list[InitErrorDetails] = []

    def add(self, place: tuple[int | str, ...], message: str) -> None:
        """`place` is the path of keys and positions from the section on."""
        # braces would be read as placeholders of a template
        error = PydanticCustomError("value_error", "{error}", {"error": message})
        self._found.append(InitErrorDetails(type=error, loc=place, input=None))

    def raise_if_any(self) -> None:
        """Raises ValidationError; pydantic puts the section's own place before each."""
        if self._found:
            raise ValidationError.from_exception_data(self._title, self._found)
