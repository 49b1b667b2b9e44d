"""Steps before serving (private files, warnings, waiting for the database), and a forced exit."""

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError, connection

WAIT = 1.0  # seconds between two attempts to reach the database

log = logging.getLogger(__name__)

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
BESIDE_SQLITE = ("", "-wal", "-shm", "-journal")


def keep_files_private() -> None:
    """Let only this process's user read its files, existing ones included.

    The database holds sign-ins, private answers and everything that was said.
    """
    os.umask(0o077)
    if not settings.SQLITE:
        return
    database = Path(settings.DATABASES["default"]["NAME"])
    kept = {Path(f"{database}{end}"): 0o600 for end in BESIDE_SQLITE}
    if database.parent == settings.BASE_DIR / "var":
        kept[database.parent] = 0o700
    for path, mode in kept.items():
        # It does not exist yet, or belongs to another user.
        with contextlib.suppress(FileNotFoundError, PermissionError):
            path.chmod(mode)


def check_exposure(host: str) -> None:
    """Turn debug pages off if other machines can reach that host; warn of risky settings."""
    if settings.DEBUG and host not in THIS_MACHINE:
        settings.DEBUG = False
        log.warning("Debug pages are off, because %s can be reached from other machines", host)
    config = settings.CONFIG
    if not config.talktech_url and host not in THIS_MACHINE:
        log.warning(
            "Requests from other machines are refused: set TALKTECH_URL to the address that "
            "people type"
        )
    if config.talktech_url and not config.secure and config.host not in settings.LOOPBACK:
        log.warning(
            "TALKTECH_URL STARTS WITH http://, SO ANYONE ON THE NETWORK CAN READ PASSWORDS AND "
            "TAKE OVER SIGN-INS. Put a proxy with TLS in front, and set TALKTECH_URL=https://%s",
            config.netloc,
        )


def wait_for_database(say: Callable[[str], object]) -> None:
    """Wait until the database answers; `say` is called once if it does not at first."""
    is_said = False
    try:
        while reason := database_fault():
            if not is_said:
                say(f"Waiting for the database: {reason}")
                sys.stdout.flush()
                is_said = True
            time.sleep(WAIT)
    except KeyboardInterrupt:
        raise CommandError("Stopped while waiting for the database.") from None
    if is_said:
        say("The database answers.")


def database_fault() -> str:
    """Return why the database does not answer; '' if it does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError) as fault:
        connection.close()
        return " ".join(str(fault).split()) or "it does not answer"
    return ""


def exit_within(seconds: float) -> None:
    """Exit after that time, even if threads still wait for a database that does not answer."""
    timer = threading.Timer(seconds, exit_process)
    timer.daemon = True
    timer.start()


def exit_process() -> None:
    log.warning("Ended without waiting any longer for the database")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
