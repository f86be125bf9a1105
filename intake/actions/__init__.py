"""What a person does, by a command, in the chat or at the desk: one function for each action."""
