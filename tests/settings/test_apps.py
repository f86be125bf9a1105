"""What settings may say of the firm's own apps."""

import pytest
from pydantic import ValidationError

from intake.settings.apps import App


@pytest.mark.parametrize("address", ["https://app.example.com:99999/x", "https://[::1", "app/x"])
def test_a_callback_that_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="callback"):
        App.model_validate({"name": "app", "secrets": [{"env": "NOT_READ"}], "callback": address})
