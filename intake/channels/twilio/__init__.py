"""WhatsApp, SMS and calls by Twilio: webhooks in, its REST API out."""
