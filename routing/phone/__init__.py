"""What is particular to WhatsApp and SMS: when one may write, how long, and to whom no more."""
