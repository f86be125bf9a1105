"""Prints JSON that is readable for people and safe for a terminal."""

import json
import re

import click

_CONTROL = re.compile(r"[\x7f-\x9f]")
"""Control characters that JSON allows and that some terminals interpret. `json` escapes the
others."""


def print_json(value: object, *, indent: int | None = 1) -> None:
    """Print to standard output, with control characters escaped. `indent=None` prints one line."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    click.echo(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))
