"""[[imap]]: what is refused, and with which words."""

from typing import Any

import pytest
from pydantic import ValidationError

from intake.settings.listeners import Imap

PASSWORD = {"env": "P"}
ACCOUNT: dict[str, Any] = {
    "name": "suporte",
    "host": "imap.test",
    "user": "u",
    "password": PASSWORD,
}
APP: dict[str, Any] = {
    "provider": "microsoft",
    "flow": "client_credentials",
    "client_id": "id",
    "client_secret": {"env": "S"},
}


def refusal(**changes: Any) -> str:
    given = {key: value for key, value in (ACCOUNT | changes).items() if value is not None}
    with pytest.raises(ValidationError) as refused:
        Imap.model_validate(given)
    return str(refused.value)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"password": None}, "give either password or oauth"),
        ({"oauth": APP | {"tenant": "r3izzy"}}, "give either password or oauth"),
        ({"post_fetch_action": "move"}, 'post_fetch_action = "move" needs move_to'),
        (
            {"post_fetch_action": "move", "move_to": "INBOX"},
            "one of the folders that are listened to",
        ),
        ({"folders": ["INBOX", "INBOX"]}, "folders names one twice"),
        ({"folders": []}, "at least 1 item"),
        ({"name": "Suporte 1"}, "should match pattern"),
        ({"idle_renew": 29 * 60}, "less than 1740"),
        ({"reconcile_at": "24:00"}, "should match pattern"),
        ({"keyword": "com espaço"}, "should match pattern"),
        ({"security": "ssl"}, "'tls', 'starttls' or 'none'"),
        ({"password": None, "oauth": APP}, "needs tenant"),
        ({"password": None, "oauth": APP | {"client_secret": None}}, "needs client_secret"),
        ({"password": None, "oauth": {"client_id": "x"}}, 'provider "other" needs token_url'),
        (
            {"password": None, "oauth": {"client_id": "x", "token_url": "http://id.test/token"}},
            "must begin with https://",
        ),
        (
            {"password": None, "oauth": {"client_id": "x", "provider": "google"}},
            'flow "refresh_token" needs refresh_token',
        ),
    ],
)
def test_what_cannot_work_is_refused_with_what_would(changes: dict[str, Any], reason: str) -> None:
    assert reason in refusal(**changes)


def test_a_password_account_needs_five_lines() -> None:
    account = Imap.model_validate(ACCOUNT)
    assert (account.security, account.effective_port, account.folders) == ("tls", 993, ("INBOX",))
    assert Imap.model_validate(ACCOUNT | {"security": "starttls"}).effective_port == 143


def test_an_app_with_its_tenant() -> None:
    given = ACCOUNT | {"password": None, "oauth": APP | {"tenant": "r3izzy.onmicrosoft.com"}}
    account = Imap.model_validate(given)
    assert account.oauth is not None
    assert account.oauth.tenant == "r3izzy.onmicrosoft.com"
