"""Filters that shorten the log of requests that failed through no fault of the code."""

import logging


def without_traceback(record: logging.LogRecord) -> bool:
    """A filter that passes all records, but those about a client's request as one line.

    They are not errors in the code, and a stranger must not fill the log with fifty lines for each
    request.
    """
    if record.name.startswith("django.security") or is_about_the_database(record):
        record.exc_info = record.exc_text = None
    return True


def is_about_the_database(record: logging.LogRecord) -> bool:
    """True if a page failed because the database is away, which is logged in one line too."""
    from chat.ledger import sql  # The settings import this module, so Django is not ready yet.

    if record.name != "django.request" or not record.exc_info:
        return False
    fault = record.exc_info[1]
    return fault is not None and sql.is_away(fault)
