"""The store: PostgreSQL, with every SQL statement, the migrations, leases and the queue."""
