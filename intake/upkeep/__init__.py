"""Work that keeps the store and the sources in step over the years."""
