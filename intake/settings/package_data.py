"""Files installed with the program: the templates, the samples, the example settings."""

from pathlib import Path

_IN_A_WHEEL = Path(__file__).parents[1] / "_data"
_IN_A_CHECKOUT = Path(__file__).parents[2]


def package_data(name: str) -> Path:
    """The path of `templates`, `samples` or `settings.toml`: in the installed package, or else in
    the repository from which the program runs."""
    installed = _IN_A_WHEEL / name
    return installed if installed.exists() else _IN_A_CHECKOUT / name
