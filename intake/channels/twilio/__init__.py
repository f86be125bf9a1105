"""WhatsApp, SMS and calls through Twilio: webhooks in, its REST API out."""
