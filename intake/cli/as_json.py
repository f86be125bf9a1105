"""How the commands print JSON: readable for people, and no more than text for a terminal."""

import json
import re

import click

_CONTROL = re.compile(r"[\x7f-\x9f]")
"""Signs that JSON allows and that some terminals obey; it escapes the others itself."""


def print_json(value: object, *, indent: int | None = 1) -> None:
    """On standard output, whatever clients wrote in it; on one line with `indent=None`."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    click.echo(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))
