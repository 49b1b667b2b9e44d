"""Django's PostgreSQL backend, with a bound on how long a call waits for its answer."""
