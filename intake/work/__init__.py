"""What happens to a message after the journal has it: jobs of the queue (Procrastinate)."""
