"""What the log says of requests that nobody's browser sends."""

import logging


def without_traceback(record: logging.LogRecord) -> bool:
    """A filter that takes all records, those about a client's request as one line.

    They name no fault of ours, and a stranger must not fill the log with fifty lines a request.
    """
    if record.name.startswith("django.security") or is_about_the_database(record):
        record.exc_info = record.exc_text = None
    return True


def is_about_the_database(record: logging.LogRecord) -> bool:
    """Could a page not be made because the database is away? Then it is one line, too."""
    from chat.ledger import sql  # The settings are not read yet when this module is.

    if record.name != "django.request" or not record.exc_info:
        return False
    fault = record.exc_info[1]
    return fault is not None and sql.is_away(fault)
