"""`/ticket`: a line that a person of the team writes in the chat, and what it asks for."""
