"""What the team and clients are told about tickets, as rows of the store, and the alarms."""
