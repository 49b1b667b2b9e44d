"""`python -m talktech.server.healthcheck [port]`: exits with 0 if the local server is healthy.

It sends the Host header of TALKTECH_URL, as any other is refused. It does without Django, as a
container runs it every few seconds.
"""

import http.client
import sys

from talktech.config import load


def is_healthy(port: int) -> bool:
    """True if the server at that port answers `/health/` with 200 within four seconds."""
    host = load().netloc or f"localhost:{port}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/health/", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) else 1)
