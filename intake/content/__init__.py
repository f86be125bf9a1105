"""What strangers send, decoded, named and cleaned: for every channel and for the desk."""
