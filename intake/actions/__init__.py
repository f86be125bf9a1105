"""What a person does, whichever way it is asked for: a function for each deed."""
