"""What the team and clients are told of a ticket, as rows; and the alarms that tell it later."""
