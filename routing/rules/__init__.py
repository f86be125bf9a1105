"""Rules that operators read and change: from a message to a classification that explains itself."""
