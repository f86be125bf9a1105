"""Errors that a section reports about a place inside itself.

A validator of a whole section checks what a single field cannot: two rows with one id, or a name
that is not defined anywhere. It must still say which row is wrong, so that the error can give the
line in the file.
"""

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


class Complaints:
    """Collects errors with their places and raises all of them at once."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._found: list[InitErrorDetails] = []

    def add(self, place: tuple[int | str, ...], message: str) -> None:
        """`place` is the path of keys and positions, starting at the section."""
        # Pydantic would read braces in the message itself as placeholders.
        error = PydanticCustomError("value_error", "{error}", {"error": message})
        self._found.append(InitErrorDetails(type=error, loc=place, input=None))

    def raise_if_any(self) -> None:
        """Raises ValidationError if errors were added. Pydantic prefixes each place with the
        section's own."""
        if self._found:
            raise ValidationError.from_exception_data(self._title, self._found)
