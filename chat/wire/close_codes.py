"""The codes with which the server closes a connection, and the exception that carries one."""

INTERNAL_ERROR, SERVICE_RESTART = 1011, 1012
SIGNED_OUT, FORBIDDEN, NO_SUCH_SESSION, TOO_SLOW, TOO_MANY = 4401, 4403, 4404, 4408, 4429


class NotAdmitted(Exception):
    """Somebody may not be in a room, or not any longer.

    `code` is a close code of the protocol; `reason` is a sentence for them, where one helps.
    """

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
