"""The webhooks' paths, as configured at providers and apps."""

REQUESTS = "/v1/requests"
MESSAGES = "/twilio/messages"
STATUS = "/twilio/status"
CALLS = "/twilio/voice"
RECORDED = "/twilio/voice/recorded"
ENDED = "/twilio/voice/ended"
TRANSCRIBED = "/twilio/voice/transcribed"
