"""What should follow once a ticket is there: values in, values out."""
