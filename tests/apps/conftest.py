"""The apps' secrets, where the settings say that they are."""

import pytest

from tests.apps.house import PLACES


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, secret in PLACES.items():
        monkeypatch.setenv(name, secret)
