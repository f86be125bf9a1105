"""The team's chat: what is commanded there, and how it is answered."""
