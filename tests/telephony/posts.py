"""Requests as Twilio sends them: forms, signed with an account's token."""

from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "1" * 32
SUBACCOUNT = "AC" + "2" * 32
TOKEN = "12345"
SUB_TOKEN = "67890"
PUBLIC_URL = "https://desk.example.com"
CLIENT = "+5511987654321"
US = "+551140028922"


def form(number: int = 1, body: str = "Bom dia, o app trava", **more: str) -> bytes:
    """A WhatsApp message; `more` are further fields of it, or others instead."""
    sid = f"SM{number:032x}"
    fields = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Bia Souza",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": CLIENT.lstrip("+"),
        "SmsStatus": "received",
        "Body": body,
        "To": f"whatsapp:{US}",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{CLIENT}",
        "ApiVersion": "2010-04-01",
        **more,
    }
    return urlencode(fields).encode()


def signed(
    body: bytes,
    *,
    url: str = f"{PUBLIC_URL}/twilio/messages",
    token: str = TOKEN,
) -> dict[str, str]:
    """The headers of such a request."""
    pairs = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": RequestValidator(token).compute_signature(url, pairs),
    }
