"""Django's session store in the database, queried only for well-formed keys."""

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """False for malformed keys: PostgreSQL raises an error for a NUL in a cookie."""
        return key is not None and KEY.fullmatch(key) is not None
