"""`/health/`: whether posts can be stored, for monitoring and proxies."""

import logging
import threading
import time

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.ledger import sql
from chat.room.hub import started_hub

log = logging.getLogger(__name__)

SILENT = "the database does not answer"
TAKES_NOTHING = "the database takes nothing"
CUT_OFF = "the room waits for the database"

# Seconds: how long to wait for an answer, and how old it may be.
PATIENCE = 2.0
FRESH = 1.0


class Probe:
    """Tries to write to the database in a thread of its own, so that a request never gets stuck."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.fault = ""
        self.asked_at = -FRESH
        self.answered = threading.Event()
        self.answered.set()

    def find_fault(self) -> str:
        """Return what is wrong; '' if nothing is."""
        with self.lock:
            if self.answered.is_set() and time.monotonic() - self.asked_at >= FRESH:
                self.asked_at = time.monotonic()
                self.answered.clear()
                threading.Thread(target=self.try_to_store, name="health", daemon=True).start()
        return self.fault if self.answered.wait(PATIENCE) else SILENT

    def try_to_store(self) -> None:
        try:
            sql.try_to_store()
        except (DatabaseError, InterfaceError) as fault:
            found = TAKES_NOTHING if connection.connection is not None else SILENT
            if not self.fault:
                log.warning("Not healthy, %s: %s", found, " ".join(str(fault).split()))
            self.fault = found
        else:
            self.fault = ""
        finally:
            connection.close()
            self.answered.set()


PROBE = Probe()


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 while posts can be stored, 503 otherwise: within `PATIENCE`."""
    hub = started_hub()
    fault = PROBE.find_fault()
    if hub is not None and hub.availability.is_cut_off and not fault:
        fault = CUT_OFF
    if fault:
        return JsonResponse({"status": fault}, status=503)
    return JsonResponse({"status": "ok"})
