"""The channels clients write by. One folder for each, with its listener, reader and sender."""
