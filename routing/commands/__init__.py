"""The `/ticket` command, which people of the team write in the chat to open a ticket."""
