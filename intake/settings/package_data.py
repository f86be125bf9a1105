"""Files that travel with the program: the templates, the samples, the example settings."""

from pathlib import Path

_IN_A_WHEEL = Path(__file__).parents[1] / "_data"
_IN_A_CHECKOUT = Path(__file__).parents[2]


def package_data(name: str) -> Path:
    """Where `templates`, `samples` or `settings.toml` is: in the installed package, or in the
    repository that the program runs from."""
    installed = _IN_A_WHEEL / name
    return installed if installed.exists() else _IN_A_CHECKOUT / name
