"""Where sign-ins are kept: Django's table, which is asked only for keys that it could have made."""

import re

from django.contrib.sessions.backends.db import SessionStore as Kept

KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(Kept):
    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may hold anything: a NUL in it would be an error of PostgreSQL's."""
        return key is not None and KEY.fullmatch(key) is not None
