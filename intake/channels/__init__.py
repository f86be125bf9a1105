"""The channels by which clients write: a folder for each, with listener, reader and sender."""
