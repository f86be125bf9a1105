"""Writes docs/openapi.json from the apps' webhooks: python tools/openapi.py"""

import json
import sys
from pathlib import Path

from intake.channels.apps.openapi import document
from intake.settings.sla import Sla

TARGET = Path(__file__).parents[1] / "docs" / "openapi.json"


def written() -> str:
    """The file's content: the document for the shipped settings."""
    sla = Sla().build()
    made = document(types=sorted(sla.types), services=sorted(sla.services))
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
    sys.stdout.write(f"{TARGET.name} is up to date\n")
