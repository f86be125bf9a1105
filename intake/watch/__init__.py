"""What is done about tickets that are there."""
