"""The doors of the firm's own apps."""
