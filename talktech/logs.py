"""What the log says of requests that nobody's browser sends."""

import logging


def without_traceback(record: logging.LogRecord) -> bool:
    """A filter that takes all records, those about a client's request as one line.

    They name no fault of ours, and a stranger must not fill the log with fifty lines a request.
    """
    if record.name.startswith("django.security"):
        record.exc_info = record.exc_text = None
    return True
