"""Where others post to us: the paths of the webhooks, as providers and apps are given them."""

REQUESTS = "/v1/requests"
MESSAGES = "/twilio/messages"
STATUS = "/twilio/status"
CALLS = "/twilio/voice"
RECORDED = "/twilio/voice/recorded"
ENDED = "/twilio/voice/ended"
TRANSCRIBED = "/twilio/voice/transcribed"
