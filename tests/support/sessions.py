"""When a session started, for tests that need it in one of its phases."""

from datetime import timedelta

RUNNING = timedelta(minutes=-5)  # the first topic runs for another five minutes
