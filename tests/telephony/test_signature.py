"""The signature: Twilio's documented vector, and what may stand between Twilio and us."""

import hashlib

import pytest
from twilio.request_validator import RequestValidator

from intake.channels.twilio.payload import pairs
from intake.channels.twilio.signature import Signatures
from tests.telephony.posts import ACCOUNT, PUBLIC_URL, SUB_TOKEN, SUBACCOUNT, TOKEN, form

PATH = "/twilio/messages"


def sign(url: str, body: bytes, token: str = TOKEN) -> str:
    signature: str = RequestValidator(token).compute_signature(url, dict(pairs(body)))
    return signature


def signatures(public_url: str = PUBLIC_URL) -> Signatures:
    return Signatures({ACCOUNT: TOKEN, SUBACCOUNT: SUB_TOKEN}, public_url)


def test_the_vector_of_the_documentation_fits() -> None:
    # Twilio, "Webhooks security", and the SDK's own tests: token 12345.
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
        ("Caller", "+14158675309"),
    ]
    validator = RequestValidator("12345")
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert validator.validate(url, dict(fields), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    # Ours asks the account that the form names: the same form with one, signed the same way.
    named = [*fields, ("AccountSid", ACCOUNT)]
    signature = validator.compute_signature(url, dict(named))
    ours = Signatures({ACCOUNT: "12345"}, "https://mycompany.com")
    assert ours.valid("/myapp.php", "foo=1&bar=2", named, signature)
    assert not ours.valid("/myapp.php", "foo=1&bar=3", named, signature)


@pytest.mark.parametrize(
    ("public_url", "signed_url"),
    [
        (PUBLIC_URL, f"{PUBLIC_URL}{PATH}"),
        (f"{PUBLIC_URL}/", f"{PUBLIC_URL}{PATH}"),
        # Twilio signs with or without the port, and not always the same way.
        (PUBLIC_URL, f"{PUBLIC_URL}:443{PATH}"),
        (f"{PUBLIC_URL}:8443", f"{PUBLIC_URL}:8443{PATH}"),
        (f"{PUBLIC_URL}:8443", f"{PUBLIC_URL}{PATH}"),
    ],
)
def test_the_address_that_twilio_was_given_counts(public_url: str, signed_url: str) -> None:
    body = form()
    assert signatures(public_url).valid(PATH, "", pairs(body), sign(signed_url, body))


def test_parameters_that_twilio_may_add_are_signed_too() -> None:
    body = form(SomethingNew="x", Empty="")
    assert signatures().valid(PATH, "", pairs(body), sign(PUBLIC_URL + PATH, body))


def test_a_subaccount_signs_with_its_own_token() -> None:
    body = form(AccountSid=SUBACCOUNT)
    url = PUBLIC_URL + PATH
    assert signatures().valid(PATH, "", pairs(body), sign(url, body, SUB_TOKEN))
    assert not signatures().valid(PATH, "", pairs(body), sign(url, body, TOKEN))


def test_what_is_not_signed_so_does_not_fit() -> None:
    body, url = form(), PUBLIC_URL + PATH
    good = sign(url, body)
    for forged, signature in [
        (form(body="outra coisa"), good),
        (form(Added="x"), good),
        (form(AccountSid="AC" + "9" * 32), good),
        (body, ""),
        (body, "é"),
        (body, sign("https://elsewhere.example.com" + PATH, body)),
        (body, sign(url, body, "another token")),
    ]:
        assert not signatures().valid(PATH, "", pairs(forged), signature)


def test_the_hash_of_a_json_body_is_signed_with_the_address() -> None:
    body = b'{"property": "value", "boolean": true}'
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(SUB_TOKEN).compute_signature(f"{PUBLIC_URL}{PATH}?{query}", {})
    assert signatures().valid_body(PATH, query, body, signature)
    assert not signatures().valid_body(PATH, query, body + b" ", signature)
    assert not signatures().valid_body(PATH, "", body, signature)
