"""docs/settings.md is what the program makes of its own settings."""

from pathlib import Path

from tools.settings_reference import TARGET, reference


def test_the_page_is_up_to_date() -> None:
    assert Path(TARGET).read_text(encoding="utf-8") == reference(), (
        "run: python tools/settings_reference.py"
    )
