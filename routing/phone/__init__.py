"""Rules of WhatsApp and SMS: when we may write, how much, and to whom no longer."""
